// Section 19, and the limits of payloads in section 10.
export const PROTOCOL_VERSION = 1;
export const MAX_PAYLOAD_BYTES = 1048576;
export const MAX_SIGNED_HEADER_BYTES = 65536;
export const MAX_FRAME_BYTES = 1179648;
export const MAX_JSON_FRAME_BYTES = 1835008;
export const MAX_PUT_FILES = 64;
export const MAX_FILES_ENTRIES = 1024;
export const MAX_FETCH_ENTRIES = 64;
export const MAX_STEPS = 64;
export const MAX_UNPACKED_PAYLOAD_BYTES = 16777216;
export const MAX_COMPACTION_PARTS = 4096;
export const MAX_ATTESTATIONS = 64;
export const MAX_BUILDS_ON = 64;
export const MAX_KEY_ENVELOPES = 4096;
export const MAX_INVITATION_USES = 10000;
export const MAX_LINK_CHARACTERS = 2048;
export const MAX_SPACE_NAME_CHARACTERS = 200;
export const MAX_PROOF_HASHES = 128;
export const MAX_INCARNATIONS = 64;
/** Sequences, sizes and counters stay below it. */
export const MAX_SEQUENCE = 4611686018427387904n;

export const MAX_SIGNED_63 = (1n << 63n) - 1n;
export const MAX_EPOCH = 2147483647;
export const MAX_SERVER_TIME = (1n << 48n) - 1n;
export const MAX_DURATION_MILLIS = 3153600000000n;

export const MAX_PLAINTEXT_BYTES = 1032192;
export const MAX_RUNS = 16384;
export const MAX_EVENTS = 65536;
export const MAX_TRANSACTION_EVENTS = 4096;
export const MAX_VALUES = 1048576;
export const MAX_COLUMNS = 256;
export const MAX_VALUE_BYTES = 768 * 1024;
export const MAX_EVENT_BYTES = 896 * 1024;
export const MAX_ALL_EVENTS_BYTES = 32 * 1024 * 1024;
export const MAX_KEY_BYTES = 1024;
export const MAX_NAME_BYTES = 128;
/** Section 9: of one compound cell. */
export const MAX_PARTS = 4096;
export const MAX_PART_BYTES = 8 * 1024 * 1024;
