import { useEffect } from 'react';

/** Draws a count on the tab's picture while something waits for a person. The daemon's policy allows data: images. */
export function useFavicon(needs: number): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (!link) return;
    if (needs === 0) {
      link.href = '/favicon.svg';
      return;
    }
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 32;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);
    pen.fillStyle = colour('--tab-ground');
    pen.fillRect(0, 0, 32, 32);
    pen.fillStyle = colour('--tab-badge');
    pen.beginPath();
    pen.arc(16, 16, 13, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = colour('--tab-count');
    pen.font = 'bold 18px sans-serif';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(needs > 9 ? '9+' : String(needs), 16, 17);
    link.href = canvas.toDataURL();
  }, [needs]);
}
