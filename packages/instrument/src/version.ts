export const NAME = '@spoor/instrument';
export const VERSION = '0.1.0';
