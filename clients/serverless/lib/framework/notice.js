'use strict';

const major = (version) => Number(String(version || '').split('.')[0]);

/**
 * One line for the person who watches; v1 and v2 have another logger than v3 and osls, which hand theirs to plugins.
 */
const notice = (serverless, tools, text) => {
  if (tools && tools.log && major(serverless.version) >= 3) tools.log.notice(text);
  else if (serverless.cli && typeof serverless.cli.log === 'function') serverless.cli.log(text);
};

module.exports = { major, notice };
