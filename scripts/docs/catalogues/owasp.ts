import { BEFORE, type Catalogue, techniques } from './catalogue.ts';

export const OWASP_MCP: Catalogue = {
  title: 'OWASP MCP Top 10',
  url: 'https://owasp.org/www-project-mcp-top-10/',
  about: 'Of 2025.',
  tag: (id) => `owasp-mcp.${Number(id.slice(3))}`,
  rows: techniques([
    ['MCP01', 'Token mismanagement and secret exposure'],
    ['MCP02', 'Privilege escalation via scope creep'],
    ['MCP03', 'Tool poisoning'],
    ['MCP04', 'Software supply chain attacks and dependency tampering', BEFORE],
    ['MCP05', 'Command injection and execution'],
    ['MCP06', 'Intent flow subversion'],
    ['MCP07', 'Insufficient authentication and authorization'],
    ['MCP08', 'Lack of audit and telemetry'],
    ['MCP09', 'Shadow MCP servers'],
    ['MCP10', 'Context injection and over-sharing'],
  ]),
};

export const OWASP_ASI: Catalogue = {
  title: 'OWASP Top 10 for Agentic Applications',
  url: 'https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/',
  about: 'Of 2026.',
  tag: (id) => `owasp.${id.toLowerCase()}`,
  rows: techniques([
    ['ASI01', 'Agent goal hijack'],
    ['ASI02', 'Tool misuse and exploitation'],
    ['ASI03', 'Identity and privilege abuse'],
    ['ASI04', 'Agentic supply chain vulnerabilities'],
    ['ASI05', 'Unexpected code execution'],
    ['ASI06', 'Memory and context poisoning'],
    ['ASI07', 'Insecure inter-agent communication'],
    ['ASI08', 'Cascading failures'],
    ['ASI09', 'Human-agent trust exploitation'],
    ['ASI10', 'Rogue agents'],
  ]),
};
