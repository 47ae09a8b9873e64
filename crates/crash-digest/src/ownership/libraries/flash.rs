//! Packages of ActionScript that games in Flash and AIR take from others.

use crate::name_table::NameTable;

/// Libraries and extensions: `starling.core::Starling/initialize`, `com.greensock::TweenLite/render`.
#[rustfmt::skip]
pub(in crate::ownership) static FLASH: NameTable = NameTable::new(&[
    // Drawing, physics, tweens.
    "starling.*", "feathers.*", "away3d.*", "away3dlite.*", "alternativa.*", "org.flixel.*", "net.flashpunk.*", "citrus.*", "com.greensock.*",
    "caurina.*", "dragonBones.*", "nape.*", "Box2D.*", "org.papervision3d.*", "com.jacksondunstan.*", "org.gestouch.*", "com.genome2d.*",
    "com.yogurt3d.*", "aze.motion.*", "soulwire.*", "treefortress.*",
    // Frameworks, networks, formats.
    "org.robotlegs.*", "robotlegs.bender.*", "org.puremvc.*", "org.swiftsuspenders.*", "org.osflash.*", "org.as3commons.*", "org.spicefactory.*",
    "com.adobe.*", "com.hurlant.*", "com.codeazur.*", "com.worlize.*", "com.smartfoxserver.*", "playerio.*", "deng.fzip.*", "nochump.*",
    "mx_internal.*", "react.*", "flump.*", "aspire.*", "tripleplay.*", "com.junkbyte.*", "com.demonsters.*", "net.hires.*", "com.asfusion.*", "org.bytearray.*", "org.osmf.*",
    // Native extensions.
    "com.myflashlab.air.*", "com.distriqt.*", "com.milkmangames.*", "com.freshplanet.*", "com.tuarua.*", "com.pozirk.*", "com.sticksports.*",
    "com.jesusla.*", "com.mesmotronic.*", "com.marpies.*", "so.cuo.*",
]);
