import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

interface At {
  x: number;
  y: number;
  scale: number;
}
interface Size {
  width: number;
  height: number;
}
interface Box extends Size {
  x: number;
  y: number;
}

const least = 0.1;
const most = 2.5;

/** The whole of it in the frame, never larger than it is; text stays readable where it can. Pure. */
export function fitted(size: Size, frame: Size): At {
  const scale = Math.max(least, Math.min(1, (frame.width - 16) / Math.max(1, size.width), (frame.height - 16) / Math.max(1, size.height)));
  return { scale, x: Math.max(8, (frame.width - size.width * scale) / 2), y: 8 };
}

/** Zooms about a point of the frame. Pure. */
export function zoomed(at: At, by: number, point: { x: number; y: number }): At {
  const scale = Math.min(most, Math.max(least, at.scale * by));
  const ratio = scale / at.scale;
  return { scale, x: point.x - (point.x - at.x) * ratio, y: point.y - (point.y - at.y) * ratio };
}

/** Moves as little as is needed for a box to be seen. Pure. */
export function shownAt(at: At, box: Box, frame: Size): At {
  const edge = 24;
  const move = (start: number, length: number, room: number): number =>
    start < edge ? edge - start : start + length > room - edge ? room - edge - start - length : 0;
  return {
    ...at,
    x: at.x + move(box.x * at.scale + at.x, box.width * at.scale, frame.width),
    y: at.y + move(box.y * at.scale + at.y, box.height * at.scale, frame.height),
  };
}

/** Drag to move, Ctrl and wheel (a pinch on a touch pad) or two fingers to zoom. */
export function usePanZoom(frame: RefObject<HTMLElement | null>, size: Size) {
  const [at, setAt] = useState<At>({ x: 8, y: 8, scale: 1 });
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const wasDragged = useRef(false);
  const frameSize = useCallback((): Size => frame.current?.getBoundingClientRect() ?? { width: 800, height: 500 }, [frame]);
  const fit = useCallback(() => setAt(fitted(size, frameSize())), [size, frameSize]);
  useEffect(fit, [fit]);
  useEffect(() => {
    const element = frame.current;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element!.getBoundingClientRect();
      setAt((before) => zoomed(before, Math.exp(-event.deltaY / 300), { x: event.clientX - box.x, y: event.clientY - box.y }));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [frame]);
  const handlers = {
    onPointerDown: (event: React.PointerEvent) => {
      if (pointers.current.size === 0) wasDragged.current = false;
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event: React.PointerEvent) => {
      const before = pointers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (Math.hypot(now.x - before.x, now.y - before.y) > 3 || wasDragged.current) {
        // Only a drag takes the pointer: a click stays the node's.
        if (!wasDragged.current) event.currentTarget.setPointerCapture(event.pointerId);
        wasDragged.current = true;
        pointers.current.set(event.pointerId, now);
        const far = (a: { x: number; y: number }): number => (other ? Math.hypot(a.x - other.x, a.y - other.y) : 1);
        const box = event.currentTarget.getBoundingClientRect();
        setAt((old) =>
          other
            ? zoomed(old, far(now) / Math.max(1, far(before)), { x: now.x - box.x, y: now.y - box.y })
            : { ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y },
        );
      }
    },
    onPointerUp: (event: React.PointerEvent) => void pointers.current.delete(event.pointerId),
    onPointerCancel: (event: React.PointerEvent) => void pointers.current.delete(event.pointerId),
    onPointerLeave: (event: React.PointerEvent) => {
      if (!wasDragged.current) pointers.current.delete(event.pointerId);
    },
  };
  const zoom = (by: number): void => {
    const room = frameSize();
    setAt((old) => zoomed(old, by, { x: room.width / 2, y: room.height / 2 }));
  };
  return { at, fit, zoom, handlers, moved: () => wasDragged.current, show: (box: Box) => setAt((old) => shownAt(old, box, frameSize())) };
}
