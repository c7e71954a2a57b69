'use strict';

// Line breaks and control characters would make more than one line of a message, or move a terminal's cursor.
const oneLine = (text) =>
  String(text)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();

/**
 * Why there are no credentials, in one line that says what to do now. It has no stack: frameworks print that under
 * SLS_DEBUG.
 *
 * `code` is hourkey's (`app_not_allowed`) or ours (`not_configured`); `isRetryable`: the same question may be answered
 * later.
 */
class Refusal extends Error {
  constructor(code, message, { isRetryable = false, retryAfterSeconds } = {}) {
    super(oneLine(message));
    this.name = 'HourkeyRefusal';
    this.code = code;
    Object.defineProperty(this, 'isRetryable', { value: isRetryable });
    Object.defineProperty(this, 'retryAfterSeconds', { value: retryAfterSeconds });
    Object.defineProperty(this, 'stack', { value: `${this.name}: ${this.message}` });
  }
}

module.exports = { Refusal, oneLine };
