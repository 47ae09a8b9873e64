# Installs crashsight-mcp from a release, on Windows:
#
#     irm https://github.com/owner--not-set/crashsight-mcp/releases/latest/download/install.ps1 | iex
#
# Variables:
#   CRASHSIGHT_MCP_VERSION     a version such as 0.1.0 instead of the latest
#   CRASHSIGHT_MCP_DOWNLOADS   an address with the files of a release, for mirrors
#   CRASHSIGHT_MCP_BIN         folder for the binary instead of %LOCALAPPDATA%\Programs\crashsight-mcp
& {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'

    $releases = 'https://github.com/owner--not-set/crashsight-mcp/releases'
    $downloads = "$releases/latest/download"
    if ($env:CRASHSIGHT_MCP_VERSION) { $downloads = "$releases/download/v$($env:CRASHSIGHT_MCP_VERSION.TrimStart('v'))" }
    if ($env:CRASHSIGHT_MCP_DOWNLOADS) { $downloads = $env:CRASHSIGHT_MCP_DOWNLOADS.TrimEnd('/') }
    $folder = Join-Path $env:LOCALAPPDATA 'Programs\crashsight-mcp'
    if ($env:CRASHSIGHT_MCP_BIN) { $folder = $env:CRASHSIGHT_MCP_BIN }
    # Windows on Arm runs the x64 binary too.
    $archive = 'crashsight-mcp-x86_64-pc-windows-msvc.zip'

    $work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
    New-Item -ItemType Directory -Path $work | Out-Null
    try {
        Invoke-WebRequest -UseBasicParsing -Uri "$downloads/SHA256SUMS" -OutFile "$work\SHA256SUMS"
        Invoke-WebRequest -UseBasicParsing -Uri "$downloads/$archive" -OutFile "$work\$archive"
        $line = Get-Content "$work\SHA256SUMS" | Where-Object { $_.EndsWith("  $archive") }
        if (-not $line) { throw "$downloads/SHA256SUMS has no line for $archive" }
        $actual = (Get-FileHash -Algorithm SHA256 "$work\$archive").Hash
        if ($actual -ne $line.Split(' ')[0]) { throw "$archive is damaged: its checksum is another" }

        Expand-Archive -Path "$work\$archive" -DestinationPath "$work\unpacked"
        New-Item -ItemType Directory -Force -Path $folder | Out-Null
        $program = Join-Path $folder 'crashsight-mcp.exe'
        # A running program cannot be overwritten, but it can be renamed.
        if (Test-Path $program) { Move-Item -Force $program "$program.old" }
        Move-Item "$work\unpacked\crashsight-mcp.exe" $program
        Remove-Item "$program.old" -ErrorAction SilentlyContinue
    }
    finally {
        Remove-Item -Recurse -Force $work
    }

    $path = [Environment]::GetEnvironmentVariable('Path', 'User')
    if (($path -split ';') -notcontains $folder) {
        [Environment]::SetEnvironmentVariable('Path', "$path;$folder".TrimStart(';'), 'User')
        Write-Output "$folder is on your PATH from the next terminal on"
    }
    $env:Path = "$env:Path;$folder"
    Write-Output "installed: $program ($(& $program --version))"
    Write-Output 'next: crashsight-mcp demo'
}
