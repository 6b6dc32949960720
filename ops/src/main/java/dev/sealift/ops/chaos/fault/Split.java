package dev.sealift.ops.chaos.fault;

import dev.sealift.ops.chaos.bed.ChaosFailedException;
import dev.sealift.ops.chaos.bed.Node;
import dev.sealift.ops.chaos.bed.Part;
import dev.sealift.ops.chaos.bed.Rule;
import dev.sealift.ops.chaos.bed.Testbed;
import dev.sealift.ops.chaos.bed.Topology;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The mesh falls into two parts that do not hear each other; devices reach both. The path to the database counts as the database, so that one part
 * is without it.
 */
public record Split(List<Node> one, List<Node> other) implements Fault {
  public Split {
    one = List.copyOf(one);
    other = List.copyOf(other);
  }

  /** Each part gets a half, drawn anew, so that there are splits with a whole mesh on one side and others. */
  static Split draw(Dice dice, Topology topology) {
    List<Node> order = dice.shuffled(topology.mesh());
    int half = order.size() / 2;
    List<Node> one = new ArrayList<>(order.subList(0, half));
    List<Node> other = order.subList(half, order.size());
    one.addAll(topology.of(Part.POSTGRES, Part.DATABASE_PATH));
    return new Split(one, other);
  }

  @Override
  public FaultKind kind() {
    return FaultKind.SPLIT;
  }

  @Override
  public Set<Node> targets() {
    Set<Node> all = new HashSet<>(one);
    all.addAll(other);
    return all;
  }

  @Override
  public String detail() {
    return names(one) + " | " + names(other);
  }

  private static String names(List<Node> nodes) {
    return String.join(" ", new TreeSet<>(nodes.stream().map(Node::name).toList()));
  }

  private List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    for (Node a : one) {
      for (Node b : other) {
        rules.add(Rule.deafTo(a, b));
        rules.add(Rule.deafTo(b, a));
      }
    }
    return rules;
  }

  @Override
  public Effect effect(Testbed bed) throws ChaosFailedException, InterruptedException {
    Node here = one.get(0);
    Node there = other.get(0);
    boolean before = bed.senses().reaches(here, there);
    return () -> before && !bed.senses().reaches(here, there) && !bed.senses().reaches(there, here);
  }

  @Override
  public void inflict(Testbed bed) throws ChaosFailedException, InterruptedException {
    for (Rule rule : rules()) {
      bed.network().add(rule);
    }
  }

  @Override
  public void heal(Testbed bed) throws ChaosFailedException, InterruptedException {
    for (Rule rule : rules()) {
      bed.network().remove(rule);
    }
  }
}
