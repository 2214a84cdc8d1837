package dev.culvert.tls;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a server presents, selected by the name that a client asks for (SNI). Any
 * thread; asking for one takes the same time however many there are, and no input or output.
 *
 * <p>A certificate is found by the host names among its subject alternative names; a wildcard
 * stands for one label. What is valid today goes before what is not, then the exact name before the
 * wildcard, then the later last day. A name that no certificate covers gets the default, and so
 * does a client that tells no name.
 *
 * <p>A context, some 8 KiB, is made when it is first asked for. Where there are more than {@value
 * #MAX_CONTEXTS}, {@link #sweep} closes those that were not asked for the longest.
 */
public final class CertificateStore implements AutoCloseable {
  /*
   * Invariants:
   * - byName holds each certificate under each of its names, and no other; no list in it is empty,
   *   and each has the later last day first.
   * - A context is in inUse, or in retired, or closed. What was handed out stays open until the
   *   second sweep after that at the earliest.
   */

  /** Contexts that outlive a sweep; between two there may be more. */
  public static final int MAX_CONTEXTS = 4096;

  private static final String DEFAULT = "default";
  private static final String ADOPTED = "adopted:";

  private final InstantSource clock;
  private final int maxContexts;
  private final Map<String, Stored> byOrigin = new HashMap<>();
  private final Map<String, List<Stored>> byName = new ConcurrentHashMap<>();
  private final Set<LazyTls> inUse = ConcurrentHashMap.newKeySet();
  private final List<ServerTls> retired = new ArrayList<>();
  private volatile @Nullable Stored standard;
  private volatile long sweeps;
  private volatile boolean isClosed;

  /** A certificate, the names it is found by, and its contexts. */
  private record Stored(
      KeyAndChain content,
      Set<String> names,
      Set<String> covered,
      Instant begin,
      Instant end,
      LazyTls https,
      LazyTls tunnel) {

    boolean covers(String normalName) {
      return covered.contains(normalName) || covered.contains(HostNames.wildcard(normalName));
    }

    boolean isValidAt(Instant now) {
      return !now.isBefore(begin) && now.isBefore(end);
    }
  }

  public CertificateStore(InstantSource clock) {
    this(clock, MAX_CONTEXTS);
  }

  CertificateStore(InstantSource clock, int maxContexts) {
    this.clock = clock;
    this.maxContexts = maxContexts;
  }

  /** What is presented where no certificate is for the name. It is found by its own names too. */
  public synchronized void setDefault(KeyAndChain content) {
    standard = store(DEFAULT, content, content.names());
  }

  /** The same, but for its own names it gives way to any other certificate that is valid. */
  public synchronized void setStandIn(KeyAndChain content) {
    standard = store(DEFAULT, content, Set.of());
  }

  /**
   * Presents a certificate from now on, in place of the one adopted before whose first name is the
   * same.
   */
  public void adopt(KeyAndChain content) {
    Set<String> names = content.names();
    if (names.isEmpty()) {
      throw new IllegalArgumentException("certificate: it names no host");
    }
    put(ADOPTED + names.iterator().next(), content);
  }

  /**
   * Presents a certificate from now on, in place of the one from the same origin, which is any
   * text.
   */
  synchronized void put(String origin, KeyAndChain content) {
    var _ = store(origin, content, content.names());
  }

  /** Presents what came from {@code origin} no longer. */
  synchronized void remove(String origin) {
    Stored former = byOrigin.remove(origin);
    if (former != null) {
      withdraw(former, Set.of());
    }
  }

  private Stored store(String origin, KeyAndChain content, Set<String> names) {
    Stored former = byOrigin.get(origin);
    if (former != null && former.content.equals(content) && former.names.equals(names)) {
      return former;
    }
    Stored stored =
        new Stored(
            content,
            names,
            content.names(),
            content.certificate().getNotBefore().toInstant(),
            content.expiresAt(),
            new LazyTls(content, ServerTls::https, inUse),
            new LazyTls(content, ServerTls::tunnel, inUse));
    byOrigin.put(origin, stored);
    for (String name : stored.names) {
      byName.compute(name, (_, others) -> with(stored, without(former, others)));
    }
    if (former != null) {
      withdraw(former, stored.names);
    }
    return stored;
  }

  /** Where a successor has taken over a name, the former certificate is gone there already. */
  private void withdraw(Stored former, Set<String> takenOver) {
    for (String name : former.names) {
      if (!takenOver.contains(name)) {
        byName.computeIfPresent(
            name,
            (_, others) -> {
              List<Stored> left = without(former, others);
              return left.isEmpty() ? null : left;
            });
      }
    }
    former.https.makeObsolete();
    former.tunnel.makeObsolete();
  }

  private static List<Stored> without(@Nullable Stored former, @Nullable List<Stored> stored) {
    return stored == null ? List.of() : stored.stream().filter(one -> !one.equals(former)).toList();
  }

  private static List<Stored> with(Stored added, List<Stored> others) {
    List<Stored> all = new ArrayList<>(others);
    all.add(added);
    all.sort(Comparator.comparing(Stored::end).reversed());
    return List.copyOf(all);
  }

  /**
   * What is presented to who asks for {@code serverName}, a host name or {@code *.} and one; null
   * where that is the default for want of another.
   */
  public @Nullable KeyAndChain find(String serverName) {
    Stored selected = select(serverName);
    return selected == null ? null : selected.content;
  }

  /** Whether who asks for the one is presented with the same certificate as for the other. */
  public boolean isSame(String serverName, String other) {
    return selectOrDefault(serverName).content.equals(selectOrDefault(other).content);
  }

  /** For visitors who ask for {@code serverName}; a default must have been set. */
  public ServerTls https(@Nullable String serverName) {
    return selectOrDefault(serverName).https.get(sweeps);
  }

  /** For clients who ask for {@code serverName}; a default must have been set. */
  public ServerTls tunnel(@Nullable String serverName) {
    return selectOrDefault(serverName).tunnel.get(sweeps);
  }

  private Stored selectOrDefault(@Nullable String serverName) {
    if (isClosed) {
      throw new IllegalStateException("the certificate store is closed");
    }
    Stored selected = serverName == null ? null : select(serverName);
    Stored otherwise = standard;
    if (selected != null) {
      return selected;
    }
    if (otherwise == null) {
      throw new IllegalStateException("the certificate store has no default");
    }
    return otherwise;
  }

  private @Nullable Stored select(String serverName) {
    String name = HostNames.normal(serverName);
    List<Stored> exact = byName.getOrDefault(name, List.of());
    List<Stored> wildcard = byName.getOrDefault(HostNames.wildcard(name), List.of());
    Stored otherwise = standard;
    List<Stored> standIn =
        otherwise != null && otherwise.covers(name) ? List.of(otherwise) : List.of();
    Instant now = clock.instant();
    Stored last = null;
    for (List<Stored> candidates : List.of(exact, wildcard, standIn)) {
      for (Stored candidate : candidates) {
        if (candidate.isValidAt(now)) {
          return candidate;
        }
        last = last == null ? candidate : last;
      }
    }
    return last;
  }

  /**
   * Closes contexts that are no longer needed. To be called now and then, but not within the moment
   * between asking for a context and using it.
   */
  public synchronized void sweep() {
    retired.forEach(ServerTls::close);
    retired.clear();
    sweeps++;
    List<LazyTls> left = new ArrayList<>();
    for (LazyTls tls : inUse) {
      if (tls.isObsolete()) {
        retire(tls);
      } else {
        left.add(tls);
      }
    }
    if (left.size() > maxContexts) {
      left.sort(Comparator.comparingLong(LazyTls::usedAt));
      left.subList(0, left.size() - maxContexts).forEach(this::retire);
    }
  }

  private void retire(LazyTls tls) {
    ServerTls made = tls.take();
    if (made != null) {
      retired.add(made);
    }
  }

  /** How many certificates there are. */
  public synchronized int size() {
    return byOrigin.size();
  }

  /** How many contexts are in use. */
  public int contexts() {
    return inUse.size();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    inUse.forEach(this::retire);
    retired.forEach(ServerTls::close);
    retired.clear();
  }
}
