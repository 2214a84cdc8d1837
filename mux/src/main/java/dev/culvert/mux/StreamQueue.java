package dev.culvert.mux;

import org.jspecify.annotations.Nullable;

/**
 * A first-in first-out list of streams from which any stream leaves in constant time.
 *
 * <p>A stream brings its own {@link Link}, so that queueing allocates nothing and a closed stream
 * is never left behind in a queue that the transport does not drain.
 */
final class StreamQueue {
  /** A stream's place in at most one queue. */
  static final class Link {
    private final Stream stream;
    private @Nullable StreamQueue queue;
    private @Nullable Link previous;
    private @Nullable Link next;

    Link(Stream stream) {
      this.stream = stream;
    }

    boolean isQueued() {
      return queue != null;
    }

    boolean isQueuedIn(StreamQueue queue) {
      return this.queue == queue;
    }

    void leave() {
      if (queue != null) {
        queue.remove(this);
      }
    }
  }

  private @Nullable Link first;
  private @Nullable Link last;

  boolean isEmpty() {
    return first == null;
  }

  boolean hasOne() {
    return first != null && first == last;
  }

  @Nullable Stream peek() {
    return first == null ? null : first.stream;
  }

  /** Appends a link that is in no queue. */
  void add(Link link) {
    link.queue = this;
    link.previous = last;
    if (last == null) {
      first = link;
    } else {
      last.next = link;
    }
    last = link;
  }

  private void remove(Link link) {
    Link before = link.previous;
    Link after = link.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    link.queue = null;
    link.previous = null;
    link.next = null;
  }
}
