import { BEFORE, type Catalogue, techniques } from './catalogue.ts';

export const COSAI: Catalogue = {
  title: 'CoSAI: threats to MCP',
  url: 'https://github.com/cosai-oasis/ws4-secure-design-agentic-systems',
  about: 'The twelve categories of its paper on the security of MCP.',
  tag: (id) => `cosai.${id.toLowerCase()}`,
  rows: techniques([
    ['T1', 'Improper authentication and identity management'],
    ['T2', 'Missing or improper access control'],
    ['T3', 'Input validation and sanitization failures'],
    ['T4', 'Input and instruction boundary distinction failure'],
    ['T5', 'Inadequate data protection and confidentiality controls'],
    ['T6', 'Missing integrity and verification controls'],
    ['T7', 'Session and transport security failures'],
    ['T8', 'Network binding and isolation failures'],
    ['T9', 'Trust boundary and privilege design failures'],
    ['T10', 'Resource management and rate limiting absence'],
    ['T11', 'Supply chain and lifecycle security failures', BEFORE],
    ['T12', 'Insufficient logging, monitoring and auditability'],
  ]),
};
