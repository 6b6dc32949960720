package dev.sealift.merge;

import dev.sealift.protocol.admission.AdmissionToken;
import dev.sealift.protocol.crypto.VerifyingKey;
import dev.sealift.protocol.file.FileDot;
import dev.sealift.protocol.file.FileHeader;
import dev.sealift.protocol.file.SignedHeader;
import dev.sealift.protocol.id.DeviceId;
import dev.sealift.protocol.id.FileId;
import dev.sealift.protocol.membership.Membership;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges the files of a request one after another, and gives the good ones their place in a draft. A
 * refused file is refused alone: it leaves no trace, and those behind it are judged as if it had
 * never come (so that the next of its own chain meets a gap).
 *
 * <p>No input or output, no clock: the same state, request and time give the same verdicts.
 */
final class Admission {
  /** Before what one more file builds on, which may be 64 others: half of what the store looks up at once. A file beyond it is sent again. */
  private static final int MOST_DOTS = 448;

  /** The same where headers are looked up as well, which may be 64 KiB each. */
  private static final int MOST_HEADED_DOTS = 64;

  private final FileChecks checks;
  private final HouseRules rules;

  Admission(VerifyingKey notary, HouseRules rules) {
    this.checks = new FileChecks(notary);
    this.rules = rules;
  }

  /** What has to be looked up before {@link #judge}. */
  Questions questions(Ask.Admit ask, SpaceState state) {
    Set<Dot> dots = new HashSet<>();
    Set<Long> sizes = new HashSet<>();
    Set<Dot> bases = new HashSet<>();
    Set<Dot> named = new HashSet<>();
    Set<Saying> sayings = new HashSet<>();
    Set<DeviceId> beginners = new HashSet<>();
    boolean byArrival = state
        .membership()
        .filter(membership -> membership.rules().isByArrival())
        .isPresent();
    int mostNamed = byArrival || hasParts(ask) ? MOST_HEADED_DOTS : MOST_DOTS;
    for (Candidate candidate : ask.candidates()) {
      candidate
          .header()
          .filter(file -> isAddressed(ask, file, state))
          .map(SignedHeader::header)
          .ifPresent(header -> {
            ChainHead head = state.chainHead(header.device());
            if (header.counter() <= head.counter()) {
              dots.add(Dot.of(header));
            } else {
              unknownSize(header, state).ifPresent(sizes::add);
              if (named.size() < mostNamed) {
                named.addAll(unknownDots(header, state));
              }
              if (head.isUnknownTo(header)) {
                bases.add(new Dot(header.device(), head.counter()));
              }
              if (state.isKnown()) {
                sayings.addAll(Saying.all(header));
              }
              if (state.isKnown() && header.part() == 1) {
                beginners.add(header.device());
              }
            }
          });
    }
    (byArrival ? bases : dots).addAll(named);
    Questions questions = new Questions(dots, sizes, bases, sayings, beginners);
    return questions.isEmpty() ? Questions.NONE : questions;
  }

  /** Whether the header of what stands before a file may be asked for, and so all headers are. */
  private static boolean hasParts(Ask.Admit ask) {
    return ask.candidates().stream()
        .flatMap(candidate -> candidate.header().stream())
        .anyMatch(file -> file.header().part() > 1);
  }

  private static boolean isAddressed(Ask.Admit ask, SignedHeader file, SpaceState state) {
    return file.space().equals(ask.space())
        && (ask.restoration().isPresent() || FileChecks.mayBring(file.header(), ask, state));
  }

  /** What it builds on in the log. Also the ends of chains, which are known: until it is judged another file may stand behind one. */
  private static List<Dot> unknownDots(FileHeader header, SpaceState state) {
    return header.buildsOn().stream()
        .map(Dot::of)
        .filter(dot -> dot.counter() <= state.chainHead(dot.device()).counter())
        .toList();
  }

  private static Optional<Long> unknownSize(FileHeader header, SpaceState state) {
    long seen = header.seen().sequence();
    boolean unknown = seen > 0 && seen <= state.size() && state.recentRoot(seen).isEmpty();
    return unknown ? Optional.of(seen) : Optional.empty();
  }

  /**
   * One verdict a file, in their order. Good files are in {@code draft} afterwards.
   *
   * @param state what is durable
   * @param draft on top of {@code state}, perhaps with other drafts between
   * @param answers to {@link #questions} about {@code state}
   * @param rate how fast the space goes
   */
  List<Verdict> judge(
      Ask.Admit ask, SpaceState state, Draft draft, Answers answers, Rate rate, long nowMillis) {
    Hearing hearing = new Hearing(ask, state, draft, answers, rate, nowMillis);
    List<Verdict> verdicts = new ArrayList<>(ask.candidates().size());
    for (Candidate candidate : ask.candidates()) {
      verdicts.add(hearing.judge(candidate));
    }
    return verdicts;
  }

  /**
   * What became of a file that was uploaded before (L8). This stands before every check that could
   * come out differently later: what was admitted once gets its receipt, whatever has changed
   * since.
   */
  static Optional<Verdict> earlier(SignedHeader file, Draft draft, Answers answers) throws Refused {
    Dot dot = Dot.of(file.header());
    ChainHead head = draft.chainHead(dot.device());
    if (dot.counter() > head.counter()) {
      return Optional.empty();
    }
    Optional<FileId> underWay = draft.fileAt(dot);
    if (underWay.isPresent()) {
      FileChecks.same(file, underWay.get(), head);
      return Optional.of(new Verdict.UnderWay());
    }
    Answers.Found found = answers.at(dot);
    FileChecks.same(file, found.file(), head);
    return Optional.of(new Verdict.Repeated(found.receipt()));
  }

  /** One request before its judge. */
  private final class Hearing {
    private final Ask.Admit ask;
    private final SpaceState state;
    private final Draft draft;
    private final Answers answers;
    private final Rate rate;
    private final long nowMillis;

    Hearing(
        Ask.Admit ask, SpaceState state, Draft draft, Answers answers, Rate rate, long nowMillis) {
      this.ask = ask;
      this.state = state;
      this.draft = draft;
      this.answers = answers;
      this.rate = rate;
      this.nowMillis = nowMillis;
    }

    Verdict judge(Candidate candidate) {
      try {
        SignedHeader file = FileChecks.format(candidate);
        FileChecks.address(file, ask, state);
        Optional<Verdict> earlier = earlier(file, draft, answers);
        return earlier.isPresent() ? earlier.get() : admit(candidate, file);
      } catch (Refused refused) {
        return new Verdict.Denied(refused.refusal());
      }
    }

    private Verdict admit(Candidate candidate, SignedHeader file) throws Refused {
      FileChecks.supported(file);
      rules.kind(file, candidate);
      FileChecks.payload(file, candidate);
      rules.clock();
      long serverTimeMillis = draft.nextServerTimeMillis(nowMillis);
      Membership after = draft.membership().isPresent()
          ? continued(candidate, file, draft.membership().get(), serverTimeMillis)
          : founded(file);
      long base = base(file.header(), after);
      Bearing bearing = Bearing.of(file, after, state, draft, answers);
      rules.charge(candidate, draft, rate, nowMillis);
      keepUnder(rules.token(ask, draft, nowMillis));
      return draft.append(file, candidate.payload(), after, serverTimeMillis, base, bearing);
    }

    /** Another brings nothing but what a restoration lost: that was admitted once, and what stands behind it must not be lost with it. */
    private void compactions(SignedHeader file, Membership membership) throws Refused {
      if (file.header().device().equals(ask.device())) {
        rules.begins(file, membership, draft, answers);
        FileChecks.attestations(file, draft, answers);
      }
      FileChecks.contests(file, draft, answers);
    }

    /** The highest place among the files that it builds on. */
    private long base(FileHeader file, Membership membership) throws Refused {
      long base = draft.base(file.device(), answers);
      if (membership.rules().isByArrival()) {
        for (FileDot dot : file.buildsOn()) {
          base = Math.max(base, draft.place(Dot.of(dot), answers));
        }
      }
      return base;
    }

    private void keepUnder(Optional<AdmissionToken> token) {
      if (token.isPresent() && !token.equals(draft.token())) {
        draft.renew(token.get(), rules.bind(token.get(), ask.space()));
      }
    }

    /** The membership after the first file of a space that is not there yet. */
    private Membership founded(SignedHeader file) throws Refused {
      checks.opensSpace(file);
      rules.token(ask, draft, nowMillis);
      FileChecks.chain(file, draft.chainHead(file.header().device()));
      FileChecks.seen(file, state, answers);
      Membership founded = FileChecks.genesis(file);
      FileChecks.buildsOn(file, draft, answers);
      FileChecks.clock(file, founded, nowMillis);
      return founded;
    }

    /** The membership after any other file. */
    private Membership continued(
        Candidate candidate, SignedHeader file, Membership membership, long serverTimeMillis)
        throws Refused {
      FileChecks.expiry(file, membership);
      VerifyingKey author = FileChecks.author(file, membership);
      FileChecks.chain(file, draft.chainHead(file.header().device()));
      FileChecks.part(file, draft, answers);
      FileChecks.clock(file, membership, nowMillis);
      FileChecks.seen(file, state, answers);
      FileChecks.buildsOn(file, draft, answers);
      compactions(file, membership);
      FileChecks.epoch(file, membership, state);
      rules.room(file, candidate, draft, rules.token(ask, draft, nowMillis));
      rules.rate(file, candidate, draft, rate, nowMillis);
      FileChecks.signature(candidate, file, author);
      return FileChecks.change(file, membership, serverTimeMillis);
    }
  }
}
