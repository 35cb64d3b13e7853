import type { Grade } from './grade.ts';
import type { Report } from './report.ts';

const COLOURS: Readonly<Record<Grade, string>> = {
  A: '#1a6b3c',
  B: '#3f6f1f',
  C: '#8a6100',
  D: '#a34a12',
  F: '#a3222a',
};

const LEFT = 'MCP tracing';
const CHAR_WIDTH = 7;
const PADDING = 10;

/** A small picture of the grade; of the server nothing is in it. */
export function badge({ grade, score, tier }: Report): string {
  const right = tier === 'none' ? `${grade} ${score}` : `${grade} ${score} ${tier}`;
  const [a, b] = [LEFT, right].map((text) => text.length * CHAR_WIDTH + PADDING) as [
    number,
    number,
  ];
  const label = `${LEFT}: ${right}`;
  const size = `width="${a + b}" height="20"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${label}">
<title>${label}</title>
<rect width="${a}" height="20" fill="#444"/>
<rect x="${a}" width="${b}" height="20" fill="${COLOURS[grade]}"/>
<g fill="#fff" font-family="Verdana,Geneva,sans-serif" font-size="11" text-anchor="middle">
<text x="${a / 2}" y="14">${LEFT}</text>
<text x="${a + b / 2}" y="14">${right}</text>
</g>
</svg>
`;
}
