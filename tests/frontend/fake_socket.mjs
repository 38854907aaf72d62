/** Stands in for the browser's WebSocket: opens when told something, and remembers all that were opened. */
export class FakeWebSocket {
    static OPEN = 1;
    static opened = [];
    readyState = 0;

    constructor(url) {
        this.url = url;
        FakeWebSocket.opened.push(this);
    }

    close() {
        this.readyState = 3;
    }

    say(frame) {
        this.readyState = FakeWebSocket.OPEN;
        this.onmessage({ data: JSON.stringify(frame) });
    }
}
