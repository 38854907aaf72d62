// @ts-check
/** Takes the room's page over from the server: binds a component to every `data-module`, begins the visit. */
import { Announcer } from './announcer.js';
import { Alert } from './components/alert.js';
import { DetailsForm } from './components/details_form.js';
import { Explanation } from './components/explanation.js';
import { LinkState } from './components/link_state.js';
import { Notice } from './components/notice.js';
import { Opening } from './components/opening.js';
import { Passport } from './components/passport.js';
import { Preview } from './components/preview.js';
import { Progress } from './components/progress.js';
import { Question } from './components/question.js';
import { RoomCrowd, RoomReason } from './components/room_words.js';
import { Screens } from './components/screens.js';
import { StepButton } from './components/step_button.js';
import { TabMark } from './components/tab_mark.js';
import { Waiting } from './components/waiting.js';
import { Draft } from './draft.js';
import * as memory from './memory.js';
import * as page from './page.js';
import { Place } from './place.js';
import { Steps } from './steps.js';
import { Texts, regional } from './texts.js';
import { Visit } from './visit.js';
import { Way } from './way.js';

/** @type {Record<string, new (element: any, app: App) => object>} */
const MODULES = {
    alert: Alert,
    'details-form': DetailsForm,
    explanation: Explanation,
    'link-state': LinkState,
    notice: Notice,
    opening: Opening,
    passport: Passport,
    preview: Preview,
    progress: Progress,
    question: Question,
    'room-crowd': RoomCrowd,
    'room-reason': RoomReason,
    screens: Screens,
    'step-button': StepButton,
    'tab-mark': TabMark,
    waiting: Waiting,
};

/**
 * What every component is given.
 *
 * @typedef {object} App
 * @property {Visit} visit
 * @property {Place} place
 * @property {Way} way
 * @property {Steps} steps
 * @property {Texts} texts
 * @property {Announcer} announcer
 * @property {(heading: string) => string} title of the page, by its heading
 */

const handed = page.handedOver();
const texts = new Texts(handed.texts, regional(handed.language));
const visit = new Visit(handed.room.slug, new Draft(memory.ofTab()));
const way = new Way(memory.ofTab(), memory.ofBrowser());
const place = new Place(visit, way);

function bind() {
    /** @type {App} */
    const app = {
        visit,
        place,
        way,
        steps: new Steps(visit),
        texts,
        announcer: new Announcer(/** @type {HTMLElement} */ (document.getElementById('announcer'))),
        title: (heading) => texts.get('page.title', { heading, room: handed.room.title }),
    };
    const elements = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-module]'))];
    // Parts before the whole: a screen takes the focus when its parts have written what is read out.
    for (const element of elements.reverse()) {
        new MODULES[element.dataset.module ?? ''](element, app);
    }
}

/** A hidden page is given little time and a frozen one none: whoever returns sees what holds now, on a live line. */
function hurryOnReturn() {
    const hurry = () => {
        place.look();
        visit.hurry();
    };
    addEventListener('online', hurry);
    addEventListener('pageshow', (event) => event.persisted && visit.arrive());
    document.addEventListener('resume', hurry);
    document.addEventListener('visibilitychange', () => document.hidden || hurry());
}

bind();
hurryOnReturn();
visit.begin(handed, page.arrivedAtMs());
// plain.js looks for this.
document.documentElement.dataset.live = '';
