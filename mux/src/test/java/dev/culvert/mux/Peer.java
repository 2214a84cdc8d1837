package dev.culvert.mux;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A session and its application: accepts streams and remembers what happened. */
final class Peer implements SessionListener {
  final Session session;
  final WireWatch wire;
  final TurnWatch turns;
  final ArrayDeque<App> accepted = new ArrayDeque<>();
  final List<SessionEvent> events = new ArrayList<>();

  /** Makes the owner of each stream the other side opens, where it is not an {@link App}. */
  @Nullable Function<Stream, StreamListener> acceptor;

  Peer(Role role, SessionConfig config, MemoryBudget memory, long nowNanos) {
    session = new Session(role, config, memory, this, nowNanos);
    wire = new WireWatch(role, config.maxQuantumBytes());
    turns = new TurnWatch(session);
  }

  App open() {
    App app = new App();
    app.stream = session.open(app);
    return app;
  }

  @Override
  public StreamListener onStream(Stream stream) {
    if (acceptor != null) {
      return acceptor.apply(stream);
    }
    App app = new App();
    app.stream = stream;
    accepted.add(app);
    return app;
  }

  @Override
  public void onEvent(SessionEvent event) {
    events.add(event);
  }

  @Override
  public void onOutput() {}

  @Nullable SessionEnd end() {
    return session.end();
  }
}
