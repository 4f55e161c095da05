/** The site's build writes this at the top of the service worker. */
declare const KEPT: {
  /** Another one for every build that differs. */
  version: string;
  /** All that is kept, from the root of the site. */
  files: string[];
  /** The directory of the engine of Python; null if the site was built without it. */
  engine: string | null;
  /** Its files, from the root of the site. */
  python: string[];
};
