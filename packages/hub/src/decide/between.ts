import type { NameCollision, ToolDefinitionFacts } from '@spoor/core';
import { isTelling } from '@spoor/detect';
import type { KnownTool } from './definitions.ts';

/** What one definition has to do with those of other servers. */
export type Between = Pick<ToolDefinitionFacts, 'shadows' | 'collision'>;

const SHADOWS_MAX = 8;

/** Tools by what their names look like, over all servers. */
export class BySkeleton {
  readonly #tools = new Map<string, Map<string, KnownTool>>();

  /** Takes the newest form of a tool; one that is gone is nobody's rival. */
  set(tool: KnownTool): void {
    const { skeleton, change, name } = tool.facts;
    if (skeleton === undefined) return;
    const alike = this.#tools.get(skeleton) ?? new Map<string, KnownTool>();
    const key = `${tool.server}\n${name}`;
    if (change === 'removed') alike.delete(key);
    else alike.set(key, tool);
    this.#tools.set(skeleton, alike);
  }

  of(tool: KnownTool): Between {
    const shadows = this.#shadows(tool);
    const collision = this.#collision(tool);
    return {
      ...(shadows.length > 0 ? { shadows } : {}),
      ...(collision === undefined ? {} : { collision }),
    };
  }

  /** A name that its own server has, too, is meant there. */
  #shadows({ server, facts }: KnownTool): readonly string[] {
    const mentioned = (facts.mentions ?? []).flatMap((skeleton) => {
      const alike = [...(this.#tools.get(skeleton)?.values() ?? [])];
      const own = alike.some((one) => one.server === server);
      return own ? [] : alike.filter((one) => isTelling(one.facts.name)).slice(0, 1);
    });
    return mentioned.slice(0, SHADOWS_MAX).map(nameOf);
  }

  /** The same definition on two servers is one server under two names. */
  #collision({ server, facts }: KnownTool): NameCollision | undefined {
    if (facts.change !== 'new' && facts.change !== 'changed') return undefined;
    const alike = [...(this.#tools.get(facts.skeleton ?? '')?.values() ?? [])].filter(
      (one) => one.server !== server && one.facts.digest !== facts.digest,
    );
    // Another style of the same words deceives nobody; other letters do.
    const confusable = alike.find((one) => plain(one.facts.name) !== plain(facts.name));
    const other = confusable ?? alike[0];
    if (other === undefined) return undefined;
    return { kind: confusable === undefined ? 'same' : 'confusable', with: nameOf(other) };
  }
}

/** Names that are not plain arrive as digests, and are equal to no plain one. */
const plain = (name: string): string =>
  name.startsWith('~') ? name : name.toLowerCase().replace(/[^a-z0-9]+/g, '');

const nameOf = ({ server, facts }: KnownTool): string => `${server}/${facts.name}`;
