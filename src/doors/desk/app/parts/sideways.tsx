import { type ReactNode, useCallback } from 'react';

/** What may be wider than the screen scrolls in itself; the keyboard reaches it only then. */
export function Sideways({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  const place = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const watch = new ResizeObserver(() => {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute('tabindex');
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return (
    <section className="sideways" aria-label={label} ref={place}>
      {children}
    </section>
  );
}
