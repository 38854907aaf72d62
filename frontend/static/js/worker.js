// @ts-nocheck: it lives in a worker, whose names are not those of a page
/** Lets phones show the page's notifications, which they do through a worker only. Keeps nothing; no request passes it. */

addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(show(event.notification.data));
});

async function show(url) {
    const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
    const page = pages.find((page) => page.url === url);
    return page ? page.focus() : clients.openWindow(url);
}
