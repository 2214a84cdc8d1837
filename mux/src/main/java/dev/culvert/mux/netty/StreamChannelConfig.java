package dev.culvert.mux.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of a {@link StreamChannel}: Netty's own and {@link ChannelOption#ALLOW_HALF_CLOSURE}. */
final class StreamChannelConfig extends DefaultChannelConfig {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private volatile boolean allowHalfClosure = true;

  StreamChannelConfig(StreamChannel channel) {
    super(channel);
    setWriteBufferWaterMark(WATER_MARK);
  }

  @Override
  protected void autoReadCleared() {
    ((StreamChannel) channel).autoReadCleared();
  }

  boolean isAllowHalfClosure() {
    return allowHalfClosure;
  }

  @Override
  public Map<ChannelOption<?>, Object> getOptions() {
    return getOptions(super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE);
  }

  @Override
  @SuppressWarnings("unchecked") // the option's own type says that the value is a Boolean
  public <T> @Nullable T getOption(ChannelOption<T> option) {
    return option.equals(ChannelOption.ALLOW_HALF_CLOSURE)
        ? (T) Boolean.valueOf(allowHalfClosure)
        : super.getOption(option);
  }

  @Override
  public <T> boolean setOption(ChannelOption<T> option, T value) {
    if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
      validate(option, value);
      allowHalfClosure = (Boolean) value;
      return true;
    }
    return super.setOption(option, value);
  }
}
