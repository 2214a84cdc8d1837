package dev.culvert.server.route;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that answers questions for TXT records (RFC 1035, section 4). */
public final class TestNameServer implements AutoCloseable {
  private static final int HEADER_BYTES = 12;
  private static final int TYPE_TXT = 16;
  private static final int NXDOMAIN = 3;
  private static final int SERVFAIL = 2;

  private final DatagramSocket socket;
  private final Thread thread;
  private final Map<String, List<String>> texts = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private final Set<SocketAddress> askers = ConcurrentHashMap.newKeySet();
  private volatile boolean isSilent;
  private volatile boolean isBroken;

  private TestNameServer(DatagramSocket socket) {
    this.socket = socket;
    this.thread = Thread.ofPlatform().daemon().name("test-dns").unstarted(this::serve);
  }

  public static TestNameServer start() {
    try {
      TestNameServer server =
          new TestNameServer(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
      server.thread.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  /** From now on the name has these records. */
  public void put(String name, String... records) {
    texts.put(name.toLowerCase(Locale.ROOT), List.of(records));
  }

  /** From now on every answer is a failure of the server's own. */
  public void breakDown() {
    isBroken = true;
  }

  /** From now on nothing is answered. */
  public void fallSilent() {
    isSilent = true;
  }

  /** From now on questions are answered again. */
  public void speakAgain() {
    isSilent = false;
  }

  /** From how many addresses and ports questions came so far. */
  public int askers() {
    return askers.size();
  }

  /** How many questions were asked so far. */
  public int questions() {
    return questions.get();
  }

  private void serve() {
    byte[] buffer = new byte[512];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        questions.incrementAndGet();
        askers.add(packet.getSocketAddress());
        if (isSilent) {
          continue;
        }
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private byte[] answer(byte[] question) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = HEADER_BYTES;
    while (question[at] != 0) {
      int length = question[at];
      name.append(name.isEmpty() ? "" : ".")
          .append(new String(question, at + 1, length, StandardCharsets.US_ASCII));
      at += length + 1;
    }
    int endOfQuestion = at + 5; // the root label, type and class
    List<String> records = texts.get(name.toString().toLowerCase(Locale.ROOT));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(question, 0, 2); // the question's number
    int code = isBroken ? SERVFAIL : records == null ? NXDOMAIN : 0;
    out.writeShort(0x8180 | code); // an answer, recursion wanted and had
    out.writeShort(1);
    out.writeShort(code == 0 && records != null ? records.size() : 0);
    out.writeInt(0);
    out.write(question, HEADER_BYTES, endOfQuestion - HEADER_BYTES);
    if (code == 0 && records != null) {
      for (String text : records) {
        out.writeShort(0xc000 | HEADER_BYTES); // the question's name
        out.writeShort(TYPE_TXT);
        out.writeShort(1);
        out.writeInt(60);
        out.writeShort(text.length() + 1);
        out.writeByte(text.length());
        out.write(text.getBytes(StandardCharsets.US_ASCII));
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
