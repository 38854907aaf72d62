// @ts-check
// For browsers that run scripts, but not the page's own: they are too old, or it did not come. It looks again by itself,
// as the page does without any scripts. Written as browsers of 2010 read it.
addEventListener('load', function () {
    var again = document.querySelector('meta[name=again]');
    if (!again || document.documentElement.hasAttribute('data-live')) {
        return;
    }
    var told = again.getAttribute('content').split(';url=');
    var says = document.getElementById('again');
    if (says) {
        says.hidden = false;
    }
    setTimeout(function () {
        location.replace(told[1] || location.pathname);
    }, told[0] * 1000);
});
