package dev.culvert.mux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The frames of {@code frames.txt}: ours are sent byte for byte, and all are read for what they
 * are.
 */
final class GoldenFramesTest {
  private static final List<String> TYPES = List.of("Data", "WindowUpdate", "Ping", "GoAway");
  private static final List<String> FLAGS = List.of("SYN", "ACK", "FIN", "RST");

  /** A line of the file. */
  record Vector(String sender, String what, String hex, String fields) {
    @Override
    public String toString() {
      return sender + ": " + what;
    }
  }

  static List<Vector> vectors() throws IOException {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream file = GoldenFramesTest.class.getResourceAsStream("frames.txt")) {
      String text = new String(requireNonNull(file).readAllBytes(), UTF_8);
      for (String line : text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
        List<String> parts = List.of(line.split(" \\| ", -1));
        vectors.add(new Vector(parts.get(0), parts.get(1), parts.get(2), parts.get(3)));
      }
    }
    return vectors;
  }

  private static Map<String, String> sentBy(String sender) throws IOException {
    Map<String, String> frames = new LinkedHashMap<>();
    for (Vector vector : vectors()) {
      if (vector.sender().equals(sender)) {
        frames.put(vector.what(), vector.hex());
      }
    }
    return frames;
  }

  /** Writes down what comes out of a {@link FrameDecoder}, as the file's last column has it. */
  private static final class Reader implements FrameDecoder.Sink {
    private final StringBuilder read = new StringBuilder();

    private void frame(int type, int flags, Object stream, long length) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < FLAGS.size(); i++) {
        if ((flags >> i & 1) != 0) {
          names.add(FLAGS.get(i));
        }
      }
      if (flags >> FLAGS.size() != 0) {
        names.add("0x" + Integer.toHexString(flags));
      }
      read.append(TYPES.get(type)).append(' ');
      read.append(names.isEmpty() ? "-" : String.join(",", names));
      read.append(' ').append(stream).append(' ').append(length);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void receiveData(int flags, long streamId, long payloadBytes) {
      frame(Frame.DATA, flags, streamId, payloadBytes);
      read.append(payloadBytes > 0 ? " " : "");
    }

    @Override
    public void receivePayload(ByteBuf in, int bytes, long remainingBytes) {
      read.append(ByteBufUtil.hexDump(in, in.readerIndex(), bytes));
    }

    @Override
    public void receiveWindowUpdate(int flags, long streamId, long creditBytes) {
      frame(Frame.WINDOW_UPDATE, flags, streamId, creditBytes);
    }

    @Override
    public void receivePing(int flags, long value) {
      frame(Frame.PING, flags, "*", value);
    }

    @Override
    public void receiveGoAway(long code) {
      frame(Frame.GO_AWAY, 0, "*", code);
    }

    @Override
    public void receiveGarbage(String what) {
      throw new AssertionError(what);
    }
  }

  /** The decoder does not tell which stream a ping or a GoAway names: it means nothing. */
  private static String fields(Vector vector) {
    return vector.fields().startsWith("Ping") || vector.fields().startsWith("GoAway")
        ? vector.fields().replaceFirst(" [01] (\\d+)$", " * $1")
        : vector.fields();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void frameIsReadForWhatItIs(Vector vector) {
    Reader reader = new Reader();

    new FrameDecoder(reader).decode(bytes(vector.hex()));

    assertThat(reader.read).hasToString(fields(vector));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void frameThatComesByteByByteIsReadForTheSame(Vector vector) {
    Reader reader = new Reader();
    FrameDecoder decoder = new FrameDecoder(reader);

    for (int i = 0; i < vector.hex().length(); i += 2) {
      decoder.decode(bytes(vector.hex().substring(i, i + 2)));
    }

    assertThat(reader.read).hasToString(fields(vector));
  }

  @Test
  void whatTheReferenceSaysTooWeSayInTheSameBytes() throws IOException {
    Map<String, String> ours = sentBy("culvert");
    Map<String, String> references = sentBy("hashicorp");
    ours.keySet().retainAll(references.keySet());
    references.keySet().retainAll(ours.keySet());

    assertThat(ours).hasSize(11).isEqualTo(references);
  }

  @Test
  void everyFrameThatWeSendIsOneOfThese() throws IOException {
    Map<String, String> sent = new LinkedHashMap<>();
    situations().forEach((what, situation) -> sent.put(what, situation.get()));

    assertThat(sent).containsExactlyEntriesOf(sentBy("culvert"));
  }

  // What brings us to send each frame.

  private static final String OPEN = "000100010000000100000000";

  private static Map<String, Supplier<String>> situations() {
    SessionConfig standard = SessionConfig.STANDARD;
    SessionConfig large = standard.withWindow(1 << 20, 1 << 20);
    Map<String, Supplier<String>> situations = new LinkedHashMap<>();
    situations.put("open", () -> open(new Pair(standard).client));
    situations.put("open with a window of 1 MiB", () -> open(new Pair(large).client));
    situations.put("open as a server", () -> open(new Pair(standard).server));
    situations.put("accept", () -> poll(server(standard, OPEN)));
    situations.put("accept with a window of 1 MiB", () -> poll(server(large, OPEN)));
    situations.put("data", GoldenFramesTest::data);
    situations.put("credit of half a window", GoldenFramesTest::credit);
    situations.put("finish", () -> end(Stream::finish));
    situations.put("reset", () -> end(Stream::reset));
    situations.put("refuse", GoldenFramesTest::refuse);
    situations.put("ping", () -> after(Session::ping));
    situations.put("answer to a ping", () -> poll(server(standard, "000200010000000000000000")));
    situations.put("go away", () -> after(session -> session.close("enough")));
    situations.put("go away after a violation", () -> poll(server(standard, "ff".repeat(12))));
    situations.put(
        "go away after a failure of ours",
        () -> after(session -> session.fail(new IllegalStateException())));
    return situations;
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }

  private static String poll(Peer peer) {
    ByteBuf out = Unpooled.buffer();
    peer.session.pollOutput(out, 64 * 1024, 0);
    return ByteBufUtil.hexDump(out);
  }

  private static Peer server(SessionConfig config, String received) {
    Peer server = new Pair(config).server;
    server.session.receive(bytes(received), 0);
    return server;
  }

  private static String open(Peer peer) {
    peer.open();
    return poll(peer);
  }

  private static String data() {
    Peer client = new Pair(SessionConfig.STANDARD).client;
    App app = client.open();
    poll(client);
    app.send(5);
    return poll(client);
  }

  private static String credit() {
    Peer server = server(SessionConfig.STANDARD, OPEN);
    poll(server);
    server.accepted.getFirst().consumesAtOnce = false;
    ByteBuf half = Unpooled.buffer();
    App sender = new Pair(SessionConfig.STANDARD).client.open();
    half.writeLong(1).writeInt(131_072);
    sender.toSend = 131_072;
    sender.pollData(half, 131_072);
    server.session.receive(half, 0);
    server.accepted.getFirst().consume(131_072);
    return poll(server).replace("000200010000000000000001", ""); // the round trip is measured too
  }

  private static String end(Consumer<Stream> command) {
    Peer client = new Pair(SessionConfig.STANDARD).client;
    App app = client.open();
    poll(client);
    command.accept(app.stream());
    return poll(client);
  }

  private static String refuse() {
    Peer server = server(SessionConfig.STANDARD.withMaxStreams(1, 1), OPEN);
    poll(server);
    server.session.receive(bytes("000100010000000300000000"), 0);
    return poll(server);
  }

  private static String after(Consumer<Session> command) {
    Peer client = new Pair(SessionConfig.STANDARD).client;
    command.accept(client.session);
    return poll(client);
  }
}
