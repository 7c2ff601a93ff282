import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface ModalProps {
  /** The id of its heading. */
  readonly labelledBy: string;
  onClose(): void;
  readonly children: ComponentChildren;
}

/** A drawer from the side, which fills a phone: a dialog of the browser's own keeps the focus, Escape leaves it. */
export function Modal({ labelledBy, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = dialog;
    const before = document.activeElement;
    current?.showModal();
    return () => {
      current?.close();
      // The browser gives the focus back to what it knows; a dialog that is taken away at once may forget it.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog is a shortcut; Escape does the same
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby={labelledBy}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="drawer-body">{children}</div>
    </dialog>
  );
}
