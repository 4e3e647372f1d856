"""The console's one page."""

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>OMS stand-in</title>
<h1>OMS stand-in</h1>
<p>This is a stand-in for OceanBase Migration Service, for tests. It is not the vendor's software and migrates nothing.</p>
<dl><dt>version</dt><dd id="version">{version}</dd><dt>node</dt><dd id="node">{node}</dd><dt>region</dt><dd id="region">{region}</dd>
<dt>password</dt><dd id="password">{password}</dd></dl>
</html>
"""
