package dev.culvert.bench.session;

import dev.culvert.bench.carrier.Accepted;
import dev.culvert.bench.carrier.Bearer;
import dev.culvert.bench.carrier.BulkSender;
import dev.culvert.bench.carrier.Carrier;
import dev.culvert.bench.carrier.Echoed;
import dev.culvert.bench.carrier.Opener;
import dev.culvert.bench.carrier.Sockets;
import dev.culvert.bench.carrier.Tally;
import dev.culvert.bench.carrier.Unread;
import java.util.concurrent.CopyOnWriteArrayList;

/** Channels that are full in one direction for as long as this is open. One thread. */
final class Bulk implements AutoCloseable {
  final Tally received = new Tally();

  /** What came on each, in no order. */
  final CopyOnWriteArrayList<Tally> shares = new CopyOnWriteArrayList<>();

  private final Opener opener;

  Bulk(Carrier carrier, Bearer bearer, Sockets sockets) throws Exception {
    opener = carrier.start(bearer, sockets, Accepted.acceptor(received, shares));
  }

  /** Fills {@code channels} more. */
  void fill(int channels) throws Exception {
    for (int i = 0; i < channels; i++) {
      BulkSender sender = new BulkSender();
      opener.openNow(sender);
      sender.send(Long.MAX_VALUE / 2);
    }
  }

  /** Fills {@code channels} more, which nobody reads. */
  void fillUnread(int channels) throws Exception {
    for (int i = 0; i < channels; i++) {
      opener.openNow(new Unread());
    }
  }

  /** One more channel, for messages there and back. */
  void openEcho(Echoed echoed) throws Exception {
    opener.openNow(echoed);
  }

  @Override
  public void close() {
    opener.close();
  }
}
