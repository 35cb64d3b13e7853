import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/index.ts';
import { pack } from '../support/pack.ts';
import { detectorOf, ENFORCE, OBSERVE, Scenario, stepAll, text } from '../support/scenario.ts';
import { TOOLS } from '../support/tools.ts';
import { TRACES } from '../support/traces.ts';

const trace = (name: string): Scenario => {
  const scenario = TRACES[name];
  if (!scenario) throw new Error(`no trace is called ${name}`);
  return scenario();
};
const chain = (): Scenario => trace('exfiltration/pii-through-code-to-share.chain');
const run = (scenario: Scenario, policy = ENFORCE): readonly Step[] =>
  stepAll(detectorOf(pack.rules, policy), scenario.observations);

describe('decisions', () => {
  it('deny the fourth call, with the numbered path as evidence', () => {
    const step = run(chain())[7];
    expect(step?.decision).toMatchObject({
      action: 'deny',
      wanted: 'deny',
      reason: 'rule',
      mode: 'enforce',
    });
    const found = step?.detections.find(({ rule }) => rule.id === 'pii-through-code-to-share');
    expect(found?.path.map(({ server, tool }) => `${server} ${tool}`)).toEqual([
      'crm read_entitlements',
      'crm query_customer_pii',
      'sandbox code_interpreter',
      'drive create_shareable_link',
    ]);
    expect(found?.group).toEqual({ session: 's1' });
  });

  it('only say what they would do in observe, and where a server is exempt', () => {
    expect(run(chain(), OBSERVE)[7]?.decision).toMatchObject({ action: 'allow', wanted: 'deny' });
    const exempt = { ...ENFORCE, servers: { drive: 'observe' } } as const;
    expect(run(chain(), exempt)[7]?.decision.action).toBe('allow');
    const both = { mode: 'observe', servers: { drive: 'enforce' }, rules: {} } as const;
    expect(run(chain(), both)[7]?.decision.action).toBe('deny');
  });

  it('let a call pass that a person allowed once, and deny the next one again', () => {
    const { observations } = chain();
    const detector = detectorOf(pack.rules);
    stepAll(detector, observations.slice(0, 7));
    const share = observations[7];
    if (!share) throw new Error('the trace has eight observations');
    expect(detector.step(share).decision.action).toBe('deny');
    const once = detector.step(share, { allowOnce: true }).decision;
    expect(once).toMatchObject({ action: 'allow', wanted: 'deny', reason: 'allowed-once' });
    const again = { ...share, id: `${share.id}-again` as typeof share.id };
    expect(detector.step(again).decision.action).toBe('deny');
  });

  it('a denied call leaves no trace in later matches', () => {
    const { observations } = chain();
    const detector = detectorOf(pack.rules);
    stepAll(detector, observations.slice(0, 7));
    const before = [...detector.snapshot()];
    for (const observation of observations.slice(7)) detector.step(observation);
    expect([...detector.snapshot()]).toEqual(before);
  });
});

describe('flows', () => {
  it('name the call, the field and the labels that the data came from', () => {
    const step = run(trace('exfiltration/data-access-then-egress.env-file'))[3];
    expect(step?.observation.facts.flows).toEqual([
      expect.objectContaining({
        server: 'files',
        tool: 'read_text_file',
        to: 'content',
        coverage: 1,
        classes: expect.arrayContaining(['secret']),
        labels: expect.arrayContaining(['reads-private', 'reads-secrets']),
        inIntent: false,
        destination: false,
      }),
    ]);
    expect(step?.observation.intent?.covers).toBe('no');
  });

  it('keep the origin of data that code has passed on', () => {
    const flows = run(chain())[7]?.observation.facts.flows ?? [];
    expect(new Set(flows.map(({ server }) => server))).toEqual(new Set(['crm', 'sandbox']));
  });

  it('stay the same when the call ends, whatever came in between', () => {
    const { observations } = new Scenario()
      .call('a', TOOLS.readFile, { path: '/srv/one.txt' }, text('token zebra-4711-quartz'))
      .call('b', TOOLS.echo, { message: 'zebra-4711-quartz' });
    const [readAsked, readEnded, echoAsked, echoEnded] = observations;
    if (!readAsked || !readEnded || !echoAsked || !echoEnded)
      throw new Error('two calls, four observations');
    const steps = stepAll(detectorOf(pack.rules), [readAsked, echoAsked, readEnded, echoEnded]);
    expect(steps[3]?.observation.facts.flows).toEqual([]);
  });

  it('do not cross sessions', () => {
    const detector = detectorOf(pack.rules);
    stepAll(
      detector,
      trace('exfiltration/data-access-then-egress.env-file').observations.slice(0, 3),
    );
    const other = new Scenario('s2').call('b', TOOLS.echo, { message: 'vR7pQx2mLd91' });
    expect(stepAll(detector, other.observations)[0]?.observation.facts.flows).toEqual([]);
  });
});

describe('what the prompt covers', () => {
  const covers = (prompt: string, args: unknown, tool = TOOLS.mail): string | undefined =>
    run(new Scenario().prompt(prompt).call('mail', tool, args))[1]?.observation.intent?.covers;

  it('is every destination that the prompt names', () => {
    const to = 'desk@partner.example.net';
    expect(covers(`Send the minutes to ${to}.`, { to, body: 'x' })).toBe('yes');
    expect(covers('Send the minutes to the desk.', { to, body: 'x' })).toBe('no');
    expect(covers(`Send them to ${to}.`, { to: `${to}, eve@drop.example.net`, body: 'x' })).toBe(
      'no',
    );
  });

  it('is the action where there is no destination', () => {
    const args = { name: 'a.txt', content: 'b' };
    expect(covers('Share a.txt with a public link', args, TOOLS.share)).toBe('yes');
    expect(covers('Summarise a.txt', args, TOOLS.share)).toBe('no');
    expect(covers('Summarise a.txt', { message: 'x' }, TOOLS.echo)).toBe('unknown');
  });
});

describe('limits', () => {
  it('are kept and counted', () => {
    const detector = detectorOf(pack.rules);
    expect(detector.stats()).toMatchObject({ groups: 0, groupsEvicted: 0, openCallsDropped: 0 });
    stepAll(detector, chain().observations.slice(0, 7));
    expect(detector.stats()).toMatchObject({ openCalls: 0, sessions: 1 });
    expect(detector.stats().atoms).toBeGreaterThan(5);
  });
});
