/** A path of this site, or none: an address of somebody else's would make our pages a way to send people there. */
export function ownPath(path: string | undefined): string | undefined {
  return path !== undefined && /^\/(?![/\\])/.test(path) ? path : undefined;
}
