'use strict';

// ${source:address, default} in a text, nested to any depth, also as $<...>. Pure.

const { Refusal } = require('./refusal');

const CLOSERS = { '${': '}', '$<': '>' };
const SOURCE = /^([a-zA-Z][a-zA-Z0-9]*)(\([^()]*\))?:/;

class Scanner {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  get isAtEnd() {
    return this.at >= this.text.length;
  }

  get opening() {
    return this.text.slice(this.at, this.at + 2);
  }

  get opens() {
    return Object.prototype.hasOwnProperty.call(CLOSERS, this.opening);
  }

  /** Up to one of `stops`: pieces of text, and variables as objects. */
  parts(stops) {
    const out = [];
    while (!this.isAtEnd && !stops.includes(this.text[this.at])) {
      if (this.opens) {
        out.push(this.variable());
      } else {
        const last = out.length - 1;
        if (typeof out[last] === 'string') out[last] += this.text[this.at];
        else out.push(this.text[this.at]);
        this.at += 1;
      }
    }
    return out;
  }

  /** What stands after a comma: 'text', "text", `source:address` as v3 writes it, or parts as v1 does. */
  alternative(closer) {
    this.at += /^\s*/.exec(this.text.slice(this.at))[0].length;
    const rest = this.text.slice(this.at);
    const [quoted, single, double] = /^(?:'([^']*)'|"([^"]*)")\s*/.exec(rest) || [''];
    if (quoted) {
      this.at += quoted.length;
      return [single === undefined ? double : single];
    }
    const [prefix, source] = SOURCE.exec(rest) || [''];
    this.at += prefix.length;
    const parts = this.parts([',', closer]);
    return prefix ? [{ source, address: parts, defaults: [], text: `\${${prefix}...}` }] : parts;
  }

  variable() {
    const start = this.at;
    const closer = CLOSERS[this.opening];
    this.at += 2;
    const [prefix, source] = SOURCE.exec(this.text.slice(this.at)) || [''];
    this.at += prefix.length;
    const address = this.parts([',', closer]);
    const defaults = [];
    while (this.text[this.at] === ',') {
      this.at += 1;
      defaults.push(this.alternative(closer));
    }
    if (this.isAtEnd) throw new Refusal('invalid_reference', 'provider.credentials: a variable is not closed');
    this.at += 1;
    return { source, address, defaults, text: this.text.slice(start, this.at) };
  }
}

/** The text as a list of strings and variables: { source, address, defaults: [parts], text }. */
const partsOf = (text) => new Scanner(text).parts([]);

/** The variable that the whole text is, or null. */
const wholeVariable = (text) => {
  const parts = partsOf(text.trim());
  return parts.length === 1 && typeof parts[0] === 'object' ? parts[0] : null;
};

/**
 * The text of parts by `resolve(source, address)`, which answers a text or undefined; undefined when a variable in it
 * is empty.
 */
const textOf = (parts, resolve) => {
  let out = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : valueOf(part, resolve);
    if (value === undefined) return undefined;
    out += value;
  }
  return out;
};

/** What a variable stands for: `resolve`'s text, else the first of its defaults that there is, else undefined. */
const valueOf = (variable, resolve) => {
  const address = textOf(variable.address, resolve);
  const value = address === undefined ? undefined : resolve(variable.source, address.trim());
  if (value !== undefined && value !== '') return value;
  for (const parts of variable.defaults) {
    const some = textOf(parts, resolve);
    if (some !== undefined) return some.trim();
  }
  return undefined;
};

const hasVariable = (text) => /[$][{<]/.test(text);

module.exports = { hasVariable, partsOf, textOf, valueOf, wholeVariable };
