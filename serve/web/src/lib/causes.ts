// Why sessions wait or are parked, in everyday words, and what to do.

interface Told {
  title: string;
  cure: string;
}

// By kind of cause, as the store names them.
const kinds: Record<string, Told> = {
  'service not in the list': {
    title: 'Their service is not collected',
    cure: 'Add the service with --services, or services in the configuration file, and start gait again.',
  },
  'outside every folder': {
    title: 'Their recordings lie below none of the watched folders',
    cure: 'Name the folder that holds them as a source (--shards, --cowrie or --recordings), and start gait again.',
  },
  'path not readable': {
    title: 'Their recordings may not be read, or not in time',
    cure: 'Let the user that gait runs as read the path; gait doctor says which part of it is closed. A network file system may be away.',
  },
  'no file': {
    title: 'Their recordings are not there',
    cure: 'Bring the file back to where it was announced, or into any watched folder. A log rotation may have moved it.',
  },
  'session not in it': {
    title: 'Their recordings do not hold them',
    cure: 'The recorder may write elsewhere, or still hold them back: compare its folder with the one that gait watches.',
  },
  'recording missing': {
    title: 'The honeypot wrote no recording of them',
    cure: 'Let Cowrie keep its tty logs: ttylog = true in its configuration.',
  },
  'bytes missing': {
    title: 'Their recordings are not whole',
    cure: 'Less is there than was announced. Wait for the rest, or copy the file once more; in the end they are profiled as incomplete.',
  },
  'recording not understood': {
    title: 'No reader makes sense of their recordings',
    cure: 'gait profile FILE says what is wrong with it. Where it is damaged, put a whole copy in its place.',
  },
  'another recording': {
    title: 'Their files hold another recording than the one that was found',
    cure: 'Put the recording back under its name. The other one is found as a session of its own.',
  },
  'newer rules': {
    title: 'A newer release profiled them, and they went on since',
    cure: 'Start the newer release again.',
  },
  failed: {
    title: 'Handling them broke',
    cure: 'This is a fault in gait: its log says more. Try again after an update.',
  },
  'refused by the store': {
    title: 'The database refused them',
    cure: 'The cause says what it did not take. Try again after an update, or when the database is whole.',
  },
  'worker died': {
    title: 'gait died three times while it read them',
    cure: 'Their recordings may take too much memory, or hit a fault. Try one alone, with the log at hand.',
  },
};

/** A kind of cause in words, and what to do. Kinds of other releases are told by their name. */
export const causeOf = (kind: string): Told =>
  Object.hasOwn(kinds, kind) ? kinds[kind]! : { title: kind === '' ? 'Without a cause' : kind, cure: 'The cause below says more.' };

/** What an event held, given in base64: bytes that are no text become U+FFFD. Undefined where it is no base64. */
export function payloadText(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
