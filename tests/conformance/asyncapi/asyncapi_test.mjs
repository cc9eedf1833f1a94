// schemas/asyncapi.json is AsyncAPI 3.0 as its reference parser reads it, without a warning; and the
// parser would have said so were it not.
//   node asyncapi_test.mjs DOCUMENT; the parser is below GUICHET_NODE
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { argv, env, exit, versions } from 'node:process';

const kSkipped = 77;
const kOldestNode = 18;

if (Number(versions.node.split('.')[0]) < kOldestNode) {
  console.log(`skipped: the AsyncAPI parser needs Node ${kOldestNode}, this is ${versions.node}`);
  exit(kSkipped);
}
if (!existsSync(`${env.GUICHET_NODE}/node_modules/@asyncapi/parser`)) {
  console.log('skipped: no AsyncAPI parser below GUICHET_NODE; scripts/test brings it');
  exit(kSkipped);
}
const { Parser } = createRequire(`${env.GUICHET_NODE}/`)('@asyncapi/parser');

const text = readFileSync(argv[2], 'utf8');
// What any document may be told that is no mistake of it.
const kAdvice = ['asyncapi-latest-version'];

async function findings(source) {
  const { diagnostics } = await new Parser().parse(source);
  return diagnostics.filter(({ code }) => !kAdvice.includes(code))
    .map(({ code, message, path }) => `${path.join('/')}: ${message} (${code})`);
}

function broken(change) {
  const document = JSON.parse(text);
  change(document);
  return JSON.stringify(document);
}

const mistakes = {
  'an action that there is not': (d) => { d.operations.followEvents.action = 'listen'; },
  'a reference to nothing': (d) => { d.channels.events.messages.held.$ref = '#/components/messages/none'; },
  'a channel without an address that is a text': (d) => { d.channels.events.address = 7; },
  'a schema of a type that there is not': (d) => { d.components.schemas.CaseEvent.type = 'thing'; },
  'a version to come': (d) => { d.asyncapi = '9.0.0'; },
  'a field that there is not': (d) => { d.chanels = {}; },
};

let failed = false;
for (const finding of await findings(text)) {
  console.log(finding);
  failed = true;
}
for (const [mistake, change] of Object.entries(mistakes)) {
  if ((await findings(broken(change))).length > 0) continue;
  console.log(`${mistake}: was not noticed`);
  failed = true;
}
if (failed) exit(1);
console.log(`valid, and ${Object.keys(mistakes).length} mistakes were noticed`);
