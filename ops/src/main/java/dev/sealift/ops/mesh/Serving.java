package dev.sealift.ops.mesh;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Whose verticles can be asked, as each process tells all others: all that it has to say at once, and again and again, so that what was lost
 * or came too early does not last. Plain: telling is the caller's. Any thread.
 *
 * <p>A telling is one line: the process, a number that rises with each of its tellings, the ids of what it serves. Words behind a semicolon are for
 * later versions.
 */
final class Serving {
  /** An id is some forty characters, and a process has three. */
  static final int MAX_CHARACTERS = 1024;

  /** A mesh of so many processes needs other means; more are not listened to. */
  static final int MAX_PROCESSES = 4096;

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

  private record Told(long number, Set<String> ids) {}

  private final String process;
  private final Set<String> own = new TreeSet<>();
  private final Map<String, Told> others = new HashMap<>();
  private Set<String> nobodysBefore = Set.of();
  private long number;
  private boolean over;
  private volatile Set<String> ids = Set.of();

  /** @param process what this process is called, as long as it runs, and no other ever: without spaces */
  Serving(String process) {
    this.process = process;
  }

  /** What can be asked, here and elsewhere, as far as this process was told. */
  Set<String> ids() {
    return ids;
  }

  /** This can be asked from now on. Nothing can any more after {@link #end}. */
  synchronized void begin(String id) {
    if (!over) {
      own.add(id);
      update();
    }
  }

  /** Nothing of this process can be asked from now on, for good. Returns whether something could. */
  synchronized boolean end() {
    boolean served = !own.isEmpty();
    over = true;
    own.clear();
    update();
    return served;
  }

  /** What to tell every other process now. */
  synchronized String telling() {
    number++;
    return process + " " + number + (own.isEmpty() ? "" : " " + String.join(" ", own));
  }

  /** Takes what another process told, unless it told something newer before. What is no telling is passed over. */
  synchronized void hear(String telling) {
    if (telling.length() > MAX_CHARACTERS) {
      return;
    }
    List<String> words = Arrays.asList(telling.split(";", 2)[0].trim().split(" "));
    if (words.size() < 2 || !NUMBER.matcher(words.get(1)).matches()) {
      return;
    }
    Told told = new Told(Long.parseLong(words.get(1)), Set.copyOf(words.subList(2, words.size())));
    Told before = others.get(words.get(0));
    boolean hasRoom = before != null || others.size() < MAX_PROCESSES;
    boolean isOther = !words.get(0).equals(process);
    if (isOther && hasRoom && (before == null || before.number() < told.number())) {
      others.put(words.get(0), told);
      if (before == null
          || !before.ids().equals(told.ids())) { // nearly always it says the same again
        update();
      }
    }
  }

  /**
   * Forgets what was told by processes that are gone: who is killed takes nothing back. A newcomer may have told before it is known as a member,
   * so only who is not there twice in a row is forgotten.
   *
   * @param present the processes that are there
   */
  synchronized void forgetAllBut(Set<String> present) {
    Set<String> nobodys = new HashSet<>(others.keySet());
    nobodys.removeAll(present);
    if (others.keySet().removeIf(it -> nobodys.contains(it) && nobodysBefore.contains(it))) {
      update();
    }
    nobodysBefore = nobodys;
  }

  private void update() {
    Set<String> all = new HashSet<>(own);
    others.values().forEach(told -> all.addAll(told.ids()));
    ids = Set.copyOf(all);
  }
}
