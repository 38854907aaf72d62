// @ts-check
/** The server trouble page: goes back to the waiting room as soon as that answers again. */
import { rooms } from './api.js';
import { Patience } from './patience.js';

const patience = new Patience();
// plain.js looks for this.
document.documentElement.dataset.live = '';
addEventListener('online', () => patience.hurry());

await patience.insist(rooms, () => undefined);
location.reload();
