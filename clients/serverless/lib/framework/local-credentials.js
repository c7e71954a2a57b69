'use strict';

// --use-local-credentials: the stated way to sign with this machine's own identity.

const OPTION = 'use-local-credentials';

const option = () => ({
  [OPTION]: {
    usage: "Sign with this machine's own AWS credentials instead of those of provider.credentials",
    type: 'boolean',
  },
});

/** The framework's parsers say true, or null of an option that they do not know yet. */
const isWanted = (options) => options[OPTION] !== undefined && options[OPTION] !== false && options[OPTION] !== 'false';

// osls does not know the option; v2 and v3 do, v1 takes any.
const SIGNING = [
  'print',
  'package',
  'deploy',
  'deploy function',
  'deploy list',
  'deploy list functions',
  'info',
  'invoke',
  'invoke local',
].concat(['logs', 'metrics', 'remove', 'rollback', 'rollback function', 'prune']);

/** What a plugin declares as its `commands` to add an option to those of the framework's (`known`) that sign. */
const commandsWithOption = (known) => {
  const out = {};
  for (const words of SIGNING.map((name) => name.split(' '))) {
    let from = { commands: known };
    let to = { commands: out };
    for (const word of words) {
      from = from && from.commands && from.commands[word];
      if (from) to = to.commands[word] = to.commands[word] || { options: option(), commands: {} };
    }
  }
  return out;
};

module.exports = { commandsWithOption, isWanted };
