import type { Label } from '@spoor/core';
import {
  ArrowUpRight,
  Banknote,
  Coins,
  ContactRound,
  EyeOff,
  KeyRound,
  Lock,
  type LucideIcon,
  Share2,
  ShieldAlert,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';

const GLYPHS: Readonly<Record<Label, LucideIcon>> = {
  'reads-pii': ContactRound,
  'reads-secrets': KeyRound,
  'reads-untrusted': EyeOff,
  'reads-private': Lock,
  egress: ArrowUpRight,
  'shares-externally': Share2,
  'executes-code': SquareTerminal,
  destructive: Trash2,
  financial: Banknote,
  privileged: ShieldAlert,
  costly: Coins,
};

export function LabelGlyph({ label }: { readonly label: Label }): ReactNode {
  const Glyph = GLYPHS[label];
  return <Glyph size={12} strokeWidth={1.75} aria-hidden="true" />;
}
