// @ts-check
/** The texts that scripts say, by key; the page holds them (page.js), in one language. */
import * as formatting from './formatting.js';

/**
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule | 'zero', string>>} Message
 * Forms by number are chosen by the placeholder `count`.
 * @typedef {Record<string, string | number>} Values
 */

export class Texts {
    #messages;
    #plurals;

    /**
     * @param {Record<string, Message>} messages
     * @param {string} language BCP 47
     */
    constructor(messages, language) {
        this.#messages = messages;
        this.#plurals = new Intl.PluralRules(language);
        this.language = language;
    }

    /** @param {string} key */
    has(key) {
        return Object.hasOwn(this.#messages, key);
    }

    /**
     * Numbers among the values are written in the person's language.
     *
     * @param {string} key
     * @param {Values} [values]
     */
    get(key, values = {}) {
        return this.#form(key, values.count).replace(/\{(\w+)\}/g, (_, name) => this.#written(values[name]));
    }

    /**
     * The first of these that has a text; the last one must.
     *
     * @param {string[]} keys
     */
    first(...keys) {
        return this.get(keys.find((key) => this.has(key)) ?? keys[keys.length - 1]);
    }

    /**
     * A band of waiting times: a minute or more as a number, anything less in words.
     *
     * @param {[number, number]} waitS least and most
     */
    wait(waitS) {
        return waitS[1] < 60 ? this.get('waiting.wait.soon') : formatting.band(waitS, this.language);
    }

    /**
     * @param {string} key
     * @param {string | number | undefined} count
     * @returns {string}
     */
    #form(key, count) {
        const message = this.#messages[key];
        if (message === undefined) {
            throw new Error(`no text for ${key}`);
        }
        if (typeof message === 'string') {
            return message;
        }
        if (count === 0 && message.zero !== undefined) {
            return message.zero;
        }
        return message[this.#plurals.select(Number(count))] ?? message.other ?? '';
    }

    /** @param {string | number | undefined} value */
    #written(value) {
        return typeof value === 'number' ? formatting.number(value, this.language) : (value ?? '');
    }
}

/**
 * The person's own kind of the language, for times and numbers: 14:30 in London, 2:30 PM in Boston.
 *
 * @param {string} language
 */
export function regional(language) {
    return navigator.languages.find((preferred) => preferred.split('-')[0] === language) ?? language;
}
