// @ts-check
/**
 * The shapes of docs/protocol.md, for the type checker. No browser loads this module.
 *
 * @typedef {'waiting' | 'serving' | 'issued' | 'refused' | 'failed'} TicketPhase
 *
 * @typedef {object} TicketState
 * @property {TicketPhase} state
 * @property {string} reference short name of the ticket, for talking to staff
 * @property {number | null} position 1-based
 * @property {[number, number] | null} wait_s least and most seconds; null while nobody knows
 * @property {number | null} pace_per_s how fast the position falls; 0 while the line stands still, null while nobody knows
 * @property {string | null} paused why the line stands still
 * @property {'restored' | null} [corrected] why the position may, this once, be larger than the one before
 * @property {number | null} kept_for_s how long the place is kept without a sign of life
 * @property {string | null} expires_at
 * @property {string | null} reason
 * @property {number | null} poll_after_s
 * @property {number | null} joined_at_us
 *
 * @typedef {object} RoomNotice
 * @property {string} text empty when staff took it back
 * @property {'info' | 'warning'} level
 *
 * @typedef {object} RoomState
 * @property {string} slug
 * @property {string} title
 * @property {'open' | 'paused' | 'closed' | 'prequeue'} state
 * @property {string | null} opens_at when a closed room opens, if that is known
 * @property {string | null} state_reason why it is paused or closed, in words for people
 * @property {string | null} notice
 * @property {'info' | 'warning'} notice_level
 * @property {number} waiting
 * @property {[number, number] | null} wait_s
 *
 * @typedef {{type: 'state'} & TicketState} StateFrame
 * @typedef {{type: 'called', called_at_us: number}} CalledFrame
 * @typedef {{type: 'outcome', outcome: 'issued' | 'refused' | 'failed', reason?: string, expires_at?: string}} OutcomeFrame
 * @typedef {{type: 'notice'} & RoomNotice} NoticeFrame
 * @typedef {StateFrame | CalledFrame | OutcomeFrame | NoticeFrame} Frame
 *
 * @typedef {object} Details what the form sends
 * @property {string} given_names
 * @property {string} family_name
 * @property {string} date_of_birth YYYY-MM-DD
 * @property {string} document_number
 * @property {string} [language] of the page (BCP 47): the second one on the passport
 *
 * @typedef {object} ProblemBody
 * @property {string} [title]
 * @property {string} [detail]
 * @property {string} [reason]
 * @property {Record<string, string[]>} [errors]
 * @property {Record<string, string[]>} [error_codes]
 */

export {};
