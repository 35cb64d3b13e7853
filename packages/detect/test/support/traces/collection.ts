import { Scenario, text } from '../scenario.ts';
import { TOOLS } from '../tools.ts';
import type { Traces } from './traces.ts';

const notes = (count: number, everyMs: number): Scenario => {
  const scenario = new Scenario();
  for (let i = 0; i < count; i++) {
    scenario.call('notes', TOOLS.note, { id: `n${i}` }, text('ok'), 10).wait(everyMs);
  }
  return scenario;
};

const people = (count: number): string =>
  Array.from({ length: count }, (_, i) => `person${i}@orchard.example.org`).join('\n');

const pages = (count: number, size: number): Scenario => {
  const scenario = new Scenario();
  for (let i = 0; i < count; i++) {
    scenario.call('crm', TOOLS.customers, { region: `r${i}` }, text(people(size)), 10);
  }
  return scenario;
};

/** @param bytes how long the answer is said to be */
const query = (sql: string, bytes: number): Scenario => {
  const scenario = new Scenario().withContent().call('base', TOOLS.query, { sql }, text('k,v'));
  const facts = scenario.observations.at(-1)?.facts;
  return facts?.result
    ? scenario.last({ facts: { ...facts, result: { ...facts.result, bytes } } })
    : scenario;
};

export const COLLECTION: Traces = {
  'collection/mass-read.harvest': () => notes(60, 500),
  'collection/mass-read.slow': () => notes(60, 6_000),
  'collection/personal-data-harvest.pages': () => pages(6, 60),
  'collection/personal-data-harvest.few': () => pages(6, 4),
  'collection/database-dump.whole': () => query('SELECT * FROM customers;', 60_000),
  'collection/database-dump.limited': () =>
    query('SELECT * FROM customers WHERE region = 4 LIMIT 10', 60_000),
  'collection/database-dump.small': () => query('select * from settings', 90),
};
