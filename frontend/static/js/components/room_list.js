// @ts-check
/** The rooms of this host, where there are several. */

export class RoomList {
    /**
     * @param {HTMLElement} list
     * @param {import('../room.js').App} app
     */
    constructor(list, app) {
        app.visit.addEventListener('phase', () => list.replaceChildren(...app.visit.choices.map(item)));
    }
}

/** @param {import('../protocol.js').RoomSummary} room */
function item({ slug, title }) {
    const link = document.createElement('a');
    link.href = `/rooms/${slug}`;
    link.textContent = title;
    const item = document.createElement('li');
    item.append(link);
    return item;
}
