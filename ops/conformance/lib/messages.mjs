// The messages of file.proto and wire.proto, by field number. Names are in camelCase, as ProtoJSON has them.
import { Enum, Message } from './protobuf.mjs';

const one = (type, name) => ({ type, name });
const many = (type, name) => ({ type, name, repeated: true });

function enumeration(name, prefix, names) {
  return new Enum(name, Object.fromEntries(names.map((it, number) => [prefix + it, number])));
}

/** The name of an enum's number without its prefix: 'COUNTER_TAKEN' for 6. An unknown number counts as 'UNSPECIFIED'. */
export function shortName(type, number) {
  const prefix = type.names.get(0).slice(0, -'UNSPECIFIED'.length);
  return (type.names.get(number) ?? type.names.get(0)).slice(prefix.length);
}

export const FileKind = enumeration('FileKind', 'FILE_KIND_', [
  'UNSPECIFIED', 'EVENTS', 'COMPACTION', 'MEMBERSHIP', 'BLOB_CHUNK', 'ATTESTATION',
]);
export const AttestationVerdict = enumeration('AttestationVerdict', 'ATTESTATION_VERDICT_', ['UNSPECIFIED', 'ATTESTED', 'CONTESTED']);
export const Role = enumeration('Role', 'ROLE_', ['UNSPECIFIED', 'READER', 'WRITER', 'OWNER']);
export const RankRule = enumeration('RankRule', 'RANK_RULE_', ['HYBRID_TIME', 'ARRIVAL']);
export const RunKind = enumeration('RunKind', 'RUN_KIND_', [
  'UNSPECIFIED', 'PUT', 'PATCH', 'REMOVE', 'DISMISS', 'ASSIGN', 'COUNT', 'ADD', 'DISCARD', 'APPEND', 'COLLAPSE', 'GUARD',
]);
export const PayloadAbsence = enumeration('PayloadAbsence', 'PAYLOAD_ABSENCE_', ['UNSPECIFIED', 'OWN', 'RECLAIMED', 'EXPIRED']);
export const DeviceHint = enumeration('DeviceHint', 'DEVICE_HINT_', ['UNSPECIFIED', 'ON_BATTERY', 'METERED', 'SLOW']);
export const RefusalCode = enumeration('RefusalCode', 'REFUSAL_CODE_', [
  'UNSPECIFIED', 'MALFORMED', 'WRONG_SPACE', 'NOT_A_MEMBER', 'BAD_SIGNATURE', 'CHAIN_GAP', 'COUNTER_TAKEN',
  'WRONG_PREVIOUS', 'CLOCK_AHEAD', 'UNKNOWN_HEAD', 'BAD_SUPERSEDE', 'EPOCH_TOO_OLD', 'PAYLOAD_MISMATCH',
  'MEMBERSHIP_CONFLICT', 'INVITATION_UNKNOWN', 'INVITATION_EXPIRED', 'INVITATION_USED_UP', 'UNKNOWN_SPACE', 'BUSY',
  'STORE_UNAVAILABLE', 'UNSUPPORTED', 'OVER_QUOTA', 'TOKEN_REQUIRED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'CLOCK_DOUBTFUL',
  'BUILDS_ON_MISSING', 'COMPACTIONS_OPEN', 'BAD_ATTESTATION', 'LAST_OWNER',
]);
export const ProblemCode = enumeration('ProblemCode', 'PROBLEM_CODE_', [
  'UNSPECIFIED', 'BAD_FRAME', 'UNEXPECTED_FRAME', 'UNSUPPORTED_VERSION', 'AUTHENTICATION_FAILED', 'NOT_A_MEMBER',
  'INVITATION_UNKNOWN', 'INVITATION_EXPIRED', 'INVITATION_USED_UP', 'TOO_FAST', 'TOO_MUCH', 'BUSY', 'UNAVAILABLE',
  'AUTHENTICATION_TIMEOUT', 'SLOW_READER', 'TOO_MANY_CONNECTIONS',
]);

/** What begins like every message with a version: read first, since a newer version may have made anything of the rest. */
const Versioned = new Message('Versioned', { 1: one('uint32', 'version') });

export const versionOf = (bytes) => Versioned.decode(bytes).version;

export const SequenceRange = new Message('SequenceRange', { 1: one('uint64', 'first'), 2: one('uint64', 'last') });

export const Seen = new Message('Seen', { 1: one('uint64', 'sequence'), 2: one('bytes', 'root') });

export const Dot = new Message('Dot', {
  1: one('bytes', 'device'),
  2: one('uint64', 'counter'),
  3: one('bytes', 'file'),
});

export const DeviceKeys = new Message('DeviceKeys', { 1: one('bytes', 'signing'), 2: one('bytes', 'hpke') });

export const Rules = new Message('Rules', {
  1: one(RankRule, 'rankRule'),
  2: one('uint64', 'cutOffMillis'),
  3: one('uint64', 'reviewWindowMillis'),
  4: one('uint64', 'clockBoundMillis'),
  5: one('uint64', 'lateAfterMillis'),
});

export const Genesis = new Message('Genesis', {
  1: one(DeviceKeys, 'founder'),
  2: one('bytes', 'member'),
  3: one('bytes', 'notary'),
  4: one(Rules, 'rules'),
  5: one('bytes', 'epochCommitment'),
});

export const OpenInvitation = new Message('OpenInvitation', {
  1: one(DeviceKeys, 'keys'),
  2: one(Role, 'role'),
  3: one('uint64', 'expiresAtMillis'),
  4: one('uint32', 'uses'),
  5: one('bytes', 'member'),
});

export const Join = new Message('Join', {
  1: one(DeviceKeys, 'device'),
  2: one('bytes', 'invitation'),
  3: one('bytes', 'invitationSignature'),
  4: one('bytes', 'member'),
});

export const NewEpoch = new Message('NewEpoch', {
  1: one('uint32', 'number'),
  2: one('bytes', 'commitment'),
  3: one('uint32', 'previous'),
});

export const Remove = new Message('Remove', {
  1: many('bytes', 'devices'),
  2: many('bytes', 'members'),
  3: many('bytes', 'invitations'),
  4: one('bool', 'allInvitations'),
  5: one(NewEpoch, 'epoch'),
});

export const Leave = new Message('Leave', {});

export const ChangeRole = new Message('ChangeRole', { 1: one('bytes', 'device'), 2: one(Role, 'role') });

export const StartEpoch = new Message('StartEpoch', { 1: one(NewEpoch, 'epoch') });

export const MembershipChange = new Message(
  'MembershipChange',
  {
    1: one('uint64', 'number'),
    2: one('bytes', 'previous'),
    3: one(Genesis, 'genesis'),
    4: one(OpenInvitation, 'openInvitation'),
    5: one(Join, 'join'),
    6: one(Remove, 'remove'),
    7: one(Leave, 'leave'),
    8: one(ChangeRole, 'changeRole'),
    9: one(StartEpoch, 'startEpoch'),
  },
  { oneofs: [['genesis', 'openInvitation', 'join', 'remove', 'leave', 'changeRole', 'startEpoch']] },
);

export const Attestation = new Message('Attestation', { 1: one('bytes', 'compaction'), 2: one(AttestationVerdict, 'verdict') });

export const HeaderBody = new Message('HeaderBody', {
  1: one('uint32', 'version'),
  2: one(FileKind, 'kind'),
  3: one('bytes', 'space'),
  4: one('bytes', 'device'),
  5: one('uint64', 'counter'),
  6: one('bytes', 'previous'),
  7: one('fixed64', 'hybridTime'),
  8: one('bytes', 'collection'),
  9: one('uint32', 'epoch'),
  10: one('uint32', 'generation'),
  11: many(SequenceRange, 'supersedes'),
  12: one(Seen, 'seen'),
  13: many(Dot, 'buildsOn'),
  14: one('uint64', 'expiresAtMillis'),
  15: one('bytes', 'salt'),
  16: one(MembershipChange, 'membership'),
  17: one('uint32', 'part'),
  18: one('uint32', 'parts'),
  19: many(Attestation, 'attestations'),
  20: one('bytes', 'keyId'),
});

export const KeyEnvelope = new Message('KeyEnvelope', {
  1: one('bytes', 'collection'),
  2: one('uint32', 'epoch'),
  3: one('bytes', 'recipient'),
  4: one('bytes', 'sealedKey'),
});

export const PreviousKey = new Message('PreviousKey', { 1: one('uint32', 'epoch'), 2: one('bytes', 'sealed') });

export const MembershipPayload = new Message('MembershipPayload', {
  1: one('uint32', 'version'),
  2: many(KeyEnvelope, 'envelopes'),
  3: many(PreviousKey, 'previousKeys'),
});

export const RunColumn = new Message('RunColumn', { 1: one('string', 'name'), 2: one('bytes', 'values'), 3: one('uint32', 'group') });

export const Run = new Message('Run', {
  1: one(RunKind, 'kind'),
  2: one('string', 'table'),
  3: one('uint64', 'seenSequence'),
  4: many(Dot, 'seenFiles'),
  5: one('uint32', 'rows'),
  6: one('bytes', 'times'),
  7: one('bytes', 'keys'),
  8: many(RunColumn, 'columns'),
  9: one('uint64', 'transaction'),
});

export const EventsPayload = new Message('EventsPayload', { 1: one('uint32', 'version'), 2: many(Run, 'runs') });

export const LinkPath = new Message('LinkPath', {
  1: one('uint32', 'version'),
  2: one('bytes', 'space'),
  3: one('bytes', 'notary'),
  4: one('bytes', 'signedHead'),
  5: one('uint64', 'invitationSequence'),
});

export const LinkFragment = new Message('LinkFragment', {
  1: one('bytes', 'secret'),
  2: one('string', 'spaceName'),
  3: one('bytes', 'checksum'),
});

export const Hello = new Message('Hello', {
  1: one('uint32', 'minVersion'),
  2: one('uint32', 'maxVersion'),
  3: one('bytes', 'space'),
  4: one(DeviceKeys, 'device'),
  5: one('bytes', 'clientNonce'),
  6: one('bytes', 'invitation'),
  7: one('bytes', 'admissionToken'),
});

export const Challenge = new Message('Challenge', {
  1: one('uint32', 'version'),
  2: one('bytes', 'notary'),
  3: one('bytes', 'serverNonce'),
  4: one('uint64', 'serverTimeMillis'),
  5: one('bytes', 'signature'),
});

export const Prove = new Message('Prove', { 1: one('bytes', 'signature'), 2: one('bytes', 'invitationSignature') });

export const Welcome = new Message('Welcome', {
  1: one('bool', 'known'),
  2: one('bytes', 'signedHead'),
  3: one('uint64', 'serverTimeMillis'),
  4: one('uint64', 'chainCounter'),
  5: one('bytes', 'chainFile'),
  6: one('uint32', 'putWindowBytes'),
  7: one('uint32', 'maxPutFiles'),
  8: one('uint64', 'recoveringMillis'),
  9: many('bytes', 'incarnations'),
  10: one('bool', 'takesCompactions'),
  11: one('bytes', 'signature'),
  12: one('bool', 'keepsPositions'),
});

export const PutFile = new Message('PutFile', {
  1: one('bytes', 'signedHeader'),
  2: one('bytes', 'payload'),
  3: one('uint64', 'serverTimeMillis'),
});

export const Restoration = new Message('Restoration', {
  1: one('uint64', 'firstSequence'),
  2: one('bytes', 'signedHead'),
  3: many('bytes', 'consistency'),
  4: many('bytes', 'incarnations'),
});

export const Put = new Message('Put', {
  1: one('uint64', 'request'),
  2: many(PutFile, 'files'),
  3: one(Restoration, 'restoration'),
});

export const Receipt = new Message('Receipt', {
  1: one('uint64', 'sequence'),
  2: one('uint64', 'serverTimeMillis'),
  3: one('fixed64', 'base'),
  4: many('bytes', 'path'),
});

export const RefusalFrame = new Message('Refusal', {
  1: one(RefusalCode, 'code'),
  2: one('uint64', 'expectedCounter'),
  3: one('uint64', 'serverTimeMillis'),
  4: one('uint64', 'retryAfterMillis'),
});

export const Outcome = new Message(
  'Outcome',
  { 1: one(Receipt, 'receipt'), 2: one(RefusalFrame, 'refusal') },
  { oneofs: [['receipt', 'refusal']] },
);

export const PutResult = new Message('PutResult', {
  1: one('uint64', 'request'),
  2: many(Outcome, 'outcomes'),
  3: one('bytes', 'signedHead'),
});

export const Subscribe = new Message('Subscribe', {
  1: one('uint64', 'afterSequence'),
  2: one('uint32', 'creditBytes'),
  3: one('bool', 'omitOwnPayloads'),
});

export const Credit = new Message('Credit', { 1: one('uint32', 'bytes') });

export const LogEntry = new Message('LogEntry', {
  1: one('bytes', 'signedHeader'),
  2: one('uint64', 'serverTimeMillis'),
  3: one('fixed64', 'base'),
  4: one('bytes', 'payload'),
  5: one(PayloadAbsence, 'absence'),
  6: one('bytes', 'file'),
});

export const Files = new Message('Files', {
  1: one('uint64', 'request'),
  2: one('uint64', 'firstSequence'),
  3: many(LogEntry, 'entries'),
  4: one('bytes', 'signedHead'),
  5: many('bytes', 'consistency'),
});

export const Advanced = new Message('Advanced', { 1: one('bytes', 'signedHead') });

export const PositionReport = new Message('PositionReport', {
  1: one('uint64', 'sequence'),
  2: many(DeviceHint, 'hints'),
  3: one('bool', 'takesOffers'),
  4: one('bytes', 'signedPosition'),
});
export const FetchPositions = new Message('FetchPositions', { 1: one('uint64', 'request'), 2: one('bytes', 'afterDevice') });
export const Positions = new Message('Positions', { 1: one('uint64', 'request'), 2: many('bytes', 'signedPositions'), 3: one('bytes', 'signedHead') });
export const Offer = new Message('Offer', { 1: one('uint64', 'lower'), 2: one('uint64', 'upper') });

export const Fetch = new Message('Fetch', {
  1: one('uint64', 'request'),
  2: one('uint64', 'afterSequence'),
  3: one('uint32', 'maxBytes'),
  4: one('uint32', 'maxFiles'),
});

export const Outline = new Message('Outline', {
  1: one('uint64', 'request'),
  2: one('uint64', 'afterSequence'),
  3: one('uint64', 'upTo'),
  4: many('uint64', 'stops'),
});

export const Gap = new Message('Gap', { 1: one('uint64', 'files'), 2: many('bytes', 'hashes') });

export const OutlinePart = new Message(
  'OutlinePart',
  { 1: one(LogEntry, 'entry'), 2: one(Gap, 'gap') },
  { oneofs: [['entry', 'gap']] },
);

export const OutlineFiles = new Message('OutlineFiles', {
  1: one('uint64', 'request'),
  2: one('uint64', 'firstSequence'),
  3: many(OutlinePart, 'parts'),
  4: one('bytes', 'signedHead'),
  5: many('bytes', 'consistency'),
});

export const Steps = new Message('Steps', { 1: one('uint64', 'request'), 2: one('uint64', 'afterSequence') });

export const Step = new Message('Step', {
  1: one('uint64', 'first'),
  2: one('uint64', 'base'),
  3: one('uint32', 'generation'),
  4: many('uint64', 'parts'),
  5: many('uint64', 'attestations'),
  6: one('uint64', 'bytes'),
});

export const StepList = new Message('StepList', {
  1: one('uint64', 'request'),
  2: many(Step, 'steps'),
  3: one('bytes', 'signedHead'),
});

export const FetchEntries = new Message('FetchEntries', { 1: one('uint64', 'request'), 2: many('uint64', 'sequences') });

export const ProvenEntry = new Message('ProvenEntry', {
  1: one('uint64', 'sequence'),
  2: one(LogEntry, 'entry'),
  3: many('bytes', 'path'),
});

export const Entries = new Message('Entries', {
  1: one('uint64', 'request'),
  2: many(ProvenEntry, 'entries'),
  3: one('bytes', 'signedHead'),
});

export const Problem = new Message('Problem', {
  1: one(ProblemCode, 'code'),
  2: one('uint64', 'request'),
  3: one('uint64', 'retryAfterMillis'),
});

export const GoAway = new Message('GoAway', { 1: one('uint64', 'retryAfterMillis') });

const BODIES = {
  1: one(Hello, 'hello'),
  2: one(Challenge, 'challenge'),
  3: one(Prove, 'prove'),
  4: one(Welcome, 'welcome'),
  5: one(Put, 'put'),
  6: one(PutResult, 'putResult'),
  7: one(Subscribe, 'subscribe'),
  8: one(Credit, 'credit'),
  9: one(Files, 'files'),
  10: one(Advanced, 'advanced'),
  11: one(PositionReport, 'position'),
  12: one(Fetch, 'fetch'),
  13: one(Problem, 'problem'),
  14: one(GoAway, 'goAway'),
  15: one(Outline, 'outline'),
  16: one(OutlineFiles, 'outlineFiles'),
  17: one(Steps, 'steps'),
  18: one(StepList, 'stepList'),
  19: one(FetchEntries, 'fetchEntries'),
  20: one(Entries, 'entries'),
  21: one(Offer, 'offer'),
  22: one(FetchPositions, 'fetchPositions'),
  23: one(Positions, 'positions'),
};

export const Frame = new Message('Frame', BODIES, { oneofs: [Object.values(BODIES).map(({ name }) => name)] });

/** The one body that a frame has, as [name, body]; undefined if it has none. */
export const bodyOf = (frame) => Object.entries(frame).find(([, body]) => body !== undefined);
