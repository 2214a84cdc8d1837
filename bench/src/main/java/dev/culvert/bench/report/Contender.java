package dev.culvert.bench.report;

import dev.culvert.bench.link.LinkSettings;
import java.io.IOException;
import java.time.Duration;

/** An implementation of yamux with both ends of a session, which are joined by an emulated link. */
interface Contender {
  /** Its name in the tables. */
  String title();

  /** A session over a link of its own; the caller closes it. */
  Run start(LinkSettings settings) throws Exception;

  /** One session. Streams with much to send are opened by the listening end. */
  interface Run extends AutoCloseable {
    /**
     * Opens a stream that sends without end, and counts the bytes that have come at the other end:
     * after {@code every}, after twice that, and so on.
     */
    long[] bulk(Duration every, int samples) throws Exception;

    /** Opens streams that send without end. */
    void load(int streams) throws Exception;

    /** The bytes that have come on each of the streams of {@link #load}. */
    long[] loadReceived() throws Exception;

    /** Opens a stream that sends without end and whose reader never reads. */
    void loadUnread() throws Exception;

    /** Times 64 bytes there and back, one after the other, on a stream of their own. */
    Latency pingPong(Duration time) throws Exception;

    @Override
    void close() throws IOException;
  }
}
