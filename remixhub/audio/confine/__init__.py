"""Where hostile media is decoded: ffmpeg in a process that may read one file and write to one pipe."""
