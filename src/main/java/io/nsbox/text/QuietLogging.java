package io.nsbox.text;

import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.logging.LoggerProvider;
import org.jspecify.annotations.Nullable;

/**
 * Takes what Hibernate Validator would log, and drops it.
 *
 * <p>The library announces its version on start and logs nothing else that a user of nsbox could act on; what goes wrong it
 * throws. Without this it would start the whole of java.util.logging, which a cold start pays for.
 */
public final class QuietLogging implements LoggerProvider {

    private static final class Quiet extends Logger {
        private static final long serialVersionUID = 1L;

        Quiet(String name) {
            super(name);
        }

        @Override
        public boolean isEnabled(Level level) {
            return false;
        }

        @Override
        protected void doLog(
                Level level,
                String loggerClassName,
                Object message,
                Object @Nullable [] parameters,
                @Nullable Throwable thrown) {}

        @Override
        protected void doLogf(
                Level level,
                String loggerClassName,
                String format,
                Object @Nullable [] parameters,
                @Nullable Throwable thrown) {}
    }

    @Override
    public Logger getLogger(String name) {
        return new Quiet(name);
    }

    @Override
    public void clearMdc() {}

    @Override
    public @Nullable Object putMdc(String key, Object value) {
        return null;
    }

    @Override
    public @Nullable Object getMdc(String key) {
        return null;
    }

    @Override
    public void removeMdc(String key) {}

    @Override
    public Map<String, Object> getMdcMap() {
        return Map.of();
    }

    @Override
    public void clearNdc() {}

    @Override
    public String getNdc() {
        return "";
    }

    @Override
    public int getNdcDepth() {
        return 0;
    }

    @Override
    public String popNdc() {
        return "";
    }

    @Override
    public String peekNdc() {
        return "";
    }

    @Override
    public void pushNdc(String message) {}

    @Override
    public void setNdcMaxDepth(int maxDepth) {}
}
