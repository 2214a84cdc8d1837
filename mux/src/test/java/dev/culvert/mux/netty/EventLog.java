package dev.culvert.mux.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What a channel's pipeline was told, in order, as words. Bytes are checked against the {@link
 * ByteSequence} and counted. Written by the event loop, read by anyone.
 */
final class EventLog extends ChannelInboundHandlerAdapter {
  static final String ACTIVE = "active";
  static final String READ = "read";
  static final String READ_COMPLETE = "read complete";
  static final String END_OF_INPUT = "end of input";
  static final String END_OF_OUTPUT = "end of output";
  static final String WRITABLE = "writable";
  static final String UNWRITABLE = "unwritable";
  static final String FAILURE = "failure";
  static final String INACTIVE = "inactive";

  /** Reads that follow each other are one entry. */
  final List<String> entries = new CopyOnWriteArrayList<>();

  /** The exceptions, in order. */
  final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private final Map<String, Consumer<Channel>> reactions = new ConcurrentHashMap<>();
  private volatile long bytes;

  /** Bytes read so far. */
  long bytes() {
    return bytes;
  }

  /** Does {@code reaction} whenever the pipeline is told {@code entry}, from within. */
  EventLog on(String entry, Consumer<Channel> reaction) {
    reactions.put(entry, reaction);
    return this;
  }

  /** The entries without reads, for what is said about the rest. */
  List<String> ends() {
    return entries.stream()
        .filter(entry -> !List.of(ACTIVE, READ, READ_COMPLETE).contains(entry))
        .toList();
  }

  private void add(String entry, ChannelHandlerContext ctx) {
    if (!entry.equals(READ) || entries.isEmpty() || !entries.getLast().equals(READ)) {
      entries.add(entry);
    }
    Consumer<Channel> reaction = reactions.get(entry);
    if (reaction != null) {
      reaction.accept(ctx.channel());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    add(ACTIVE, ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      int length = read.readableBytes();
      ByteSequence.check(bytes, read);
      long total = bytes + length;
      bytes = total;
    } finally {
      read.release();
    }
    add(READ, ctx);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    add(READ_COMPLETE, ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      add(END_OF_INPUT, ctx);
    } else if (event == ChannelOutputShutdownEvent.INSTANCE) {
      add(END_OF_OUTPUT, ctx);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    add(ctx.channel().isWritable() ? WRITABLE : UNWRITABLE, ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failures.add(cause);
    add(FAILURE, ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    add(INACTIVE, ctx);
  }
}
