// Links to audio carry the name that the installation calls itself by. A page that was opened by another one (an address, a
// name inside the house) may only load from its own, and it is the same server.

/** A link to one of our own files, by way of the host that this page came from. */
export function ownMedia(link: string): string {
  const url = new URL(link, location.origin);
  return url.pathname.startsWith('/media/') ? url.pathname + url.search : link;
}
