import {
  Boxes,
  Footprints,
  Hand,
  type LucideIcon,
  Scale,
  Siren,
  SquareCheckBig,
} from 'lucide-react';

export interface Screen {
  readonly path: string;
  readonly title: string;
  readonly action: string;
  readonly icon: LucideIcon;
}

/** The rail, the palette and the `g` keys all read this table. */
export const SCREENS: readonly Screen[] = [
  { path: '/', title: 'Sessions', action: 'go.sessions', icon: Footprints },
  { path: '/alerts', title: 'Alerts', action: 'go.alerts', icon: Siren },
  { path: '/asks', title: 'Waiting', action: 'go.asks', icon: Hand },
  { path: '/rules', title: 'Rules', action: 'go.rules', icon: Scale },
  { path: '/inventory', title: 'Inventory', action: 'go.inventory', icon: Boxes },
  { path: '/audit', title: 'Audit', action: 'go.audit', icon: SquareCheckBig },
];

/** The screen that an address belongs to; a session belongs to Sessions. */
export function screenOf(location: string): Screen | undefined {
  const [, head = ''] = location.split('/');
  return SCREENS.find((screen) => screen.path === `/${head === 'sessions' ? '' : head}`);
}
