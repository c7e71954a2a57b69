'use strict';

// A connection's credentials for as long as the run lasts: asked for again before they end.

const util = require('util');

// AWS's SDKs refuse what has less than 5 minutes; 15 leave room for an hour's credentials to be tried three times.
const LATEST_RENEWAL_MS = 15 * 60 * 1000;
const PAUSE_AFTER_FAILURE_MS = 30 * 1000;

/**
 * Holds one triple and renews it with `vend()` when half its life, and at most a quarter of an hour, is left. A renewal
 * that fails is felt only once the triple has ended: until then the old one serves, and hourkey is asked again every
 * half minute at most.
 *
 * Has the shape of AWS SDK v2's Credentials (accessKeyId, secretAccessKey, sessionToken, get, getPromise, refresh,
 * ...), so that a client of it asks `get` before it signs; `provider` has the shape of a provider of SDK v3. Shown as
 * the access key id alone, wherever it is printed: frameworks log what they give to a client under SLS_DEBUG.
 */
class RefreshingCredentials {
  constructor(vend, { now = Date.now } = {}) {
    const hidden = { vend, now, told: () => {}, triple: null, renewAt: 0, renewal: null };
    Object.defineProperty(this, 'hidden', { value: hidden });
    for (const name of ['accessKeyId', 'secretAccessKey', 'sessionToken']) {
      Object.defineProperty(this, name, { get: () => hidden.triple && hidden.triple[name], enumerable: false });
    }
    Object.defineProperty(this, 'expireTime', {
      get: () => hidden.triple && new Date(hidden.triple.endsAt),
      enumerable: false,
    });
    Object.defineProperty(this, 'expired', { get: () => this.needsRefresh(), set: () => {}, enumerable: false });
    Object.defineProperty(this, 'provider', { value: () => this.identity() });
  }

  /** `told(triple)` from the next one on. */
  onRenewal(told) {
    this.hidden.told = told;
  }

  /** The triple, live at this moment (see answer.js), or a rejection with the Refusal. */
  async current() {
    const { hidden } = this;
    const isLive = hidden.triple && hidden.now() < hidden.triple.endsAt;
    if (isLive && hidden.now() < hidden.renewAt) return hidden.triple;
    try {
      return await this.renew();
    } catch (error) {
      if (hidden.triple && hidden.now() < hidden.triple.endsAt) return hidden.triple;
      throw error;
    }
  }

  /** One at a time, whoever asks. */
  renew() {
    const { hidden } = this;
    if (!hidden.renewal) {
      const done = () => {
        hidden.renewal = null;
      };
      hidden.renewal = this.fetch();
      hidden.renewal.then(done, done);
    }
    return hidden.renewal;
  }

  async fetch() {
    const { hidden } = this;
    try {
      const triple = await hidden.vend();
      const life = triple.endsAt - hidden.now();
      hidden.renewAt = triple.endsAt - Math.min(life / 2, LATEST_RENEWAL_MS);
      hidden.triple = triple;
      hidden.told(triple);
      return triple;
    } catch (error) {
      hidden.renewAt = hidden.now() + PAUSE_AFTER_FAILURE_MS;
      throw error;
    }
  }

  // ------------------------------------------------------------------------------------------------- AWS SDK for
  // JavaScript v2

  needsRefresh() {
    return !this.hidden.triple || this.hidden.now() >= this.hidden.renewAt;
  }

  get(callback) {
    this.current().then(() => callback(), callback);
  }

  getPromise() {
    return this.current().then(() => undefined);
  }

  refresh(callback) {
    this.renew().then(() => callback(), callback);
  }

  refreshPromise() {
    return this.renew().then(() => undefined);
  }

  // ------------------------------------------------------------------------------------------------- AWS SDK for
  // JavaScript v3

  async identity() {
    const { accessKeyId, secretAccessKey, sessionToken, endsAt } = await this.current();
    return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(endsAt) };
  }

  // -------------------------------------------------------------------------------------------------------------------
  // -- shown

  toString() {
    return `[hourkey credentials ${this.accessKeyId || 'not asked for yet'}]`;
  }

  toJSON() {
    return { accessKeyId: this.accessKeyId };
  }

  [util.inspect.custom]() {
    return this.toString();
  }
}

module.exports = { RefreshingCredentials };
