// @ts-check
/** What the page says of the room itself: how many wait in it, why it is closed. */

class RoomWords {
    /**
     * @param {HTMLElement} element
     * @param {import('../room.js').App} app
     */
    constructor(element, app) {
        this.app = app;
        app.visit.addEventListener('room', () => {
            element.textContent = this.words(/** @type {import('../protocol.js').RoomState} */ (app.visit.room));
            element.hidden = element.textContent === '';
        });
    }

    /**
     * @param {import('../protocol.js').RoomState} _room
     * @returns {string}
     */
    words(_room) {
        throw new Error('every kind of room words has its own');
    }
}

/** What a newcomer wants to know before joining. */
export class RoomCrowd extends RoomWords {
    /** @param {import('../protocol.js').RoomState} room */
    words({ waiting, wait_s: waitS, state, state_reason: reason }) {
        const { texts } = this.app;
        const parts = [texts.get('form.waiting', { count: waiting })];
        const paused = state === 'paused';
        if (paused) {
            parts.push(texts.get('form.paused', { reason: reason ?? texts.get('waiting.paused.paused') }));
        }
        if (waitS) {
            const wait = texts.wait(waitS);
            parts.push(texts.get('form.wait', { wait: paused ? texts.get('waiting.wait.frozen', { wait }) : wait }));
        }
        return parts.join(' ');
    }
}

export class RoomReason extends RoomWords {
    /** @param {import('../protocol.js').RoomState} room */
    words({ state_reason: reason }) {
        return reason ?? '';
    }
}
