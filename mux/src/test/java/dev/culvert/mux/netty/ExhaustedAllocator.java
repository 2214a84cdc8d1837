package dev.culvert.mux.netty;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;

/** An allocator that has no memory left. */
final class ExhaustedAllocator extends AbstractByteBufAllocator {
  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    throw new OutOfMemoryError("no memory is left");
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    throw new OutOfMemoryError("no memory is left");
  }

  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }
}
