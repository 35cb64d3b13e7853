export const SHORTCUTS = 'shortcuts';
export const PALETTE = 'palette';

/** Native dialogs trap focus and answer Escape by themselves; they only need to be opened. */
export function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

export function closeDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement) dialog.close();
}
