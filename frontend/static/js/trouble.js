// @ts-check
/** The pages of trouble, in place of another: go back to that as soon as it is answered again. */
import { look } from './api.js';
import { askedDelayMs } from './backoff.js';
import { Patience } from './patience.js';

/** Whoever is shown this page has just been told "later". */
const LATER_S = 3;

const patience = new Patience();
// plain.js looks for this.
document.documentElement.dataset.live = '';
addEventListener('online', () => patience.hurry());

await patience.rest(askedDelayMs(LATER_S));
await patience.insist(() => look(location.href), () => undefined);
location.reload();
