// A page on a bad day: frames and answers that come late, on a slow processor.

/** By how many milliseconds at most; none unless the environment says so. */
export const LATE = Number(process.env.LATE ?? 0);

/** @param {import('playwright-core').Page} page before it goes anywhere */
export async function late(page) {
  if (LATE === 0) return;
  await page.addInitScript((most) => {
    const frame = globalThis.requestAnimationFrame;
    const cancel = globalThis.cancelAnimationFrame;
    /** @type {Map<number, number>} */
    const due = new Map();
    let last = 0;
    globalThis.requestAnimationFrame = (draw) => {
      const handle = ++last;
      setTimeout(() => due.has(handle) && due.set(handle, frame((time) => due.delete(handle) && draw(time))), most);
      due.set(handle, 0);
      return handle;
    };
    globalThis.cancelAnimationFrame = (handle) => {
      cancel(due.get(handle) ?? 0);
      due.delete(handle);
    };
  }, LATE);
  if (page.context().browser()?.browserType().name() !== 'chromium') return;
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 3 });
}
