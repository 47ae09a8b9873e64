//! Packages of Java, Kotlin, Scala and Clojure that programs take from others.

use crate::name_table::NameTable;

/// Libraries and kits: `okhttp3.internal.http.RealInterceptorChain.proceed`. Of a vendor that has apps as well, its libraries alone.
#[rustfmt::skip]
pub(in crate::ownership) static JAVA: NameTable = NameTable::new(&[
    "com.tencent.crashsight.crashreport*", "com.uqm.crashsight*", "com.tencent.bugly.*", "com.tencent.mm.*", "com.tencent.gcloud.*",
    "com.tencent.msdk.*", "com.tencent.imsdk.*", "com.google.*", "com.facebook.*", "com.squareup.*", "okhttp3.*", "okio.*", "retrofit2.*",
    "io.reactivex.*", "org.apache.*", "org.json.*", "com.bumptech.*", "com.appsflyer.*", "com.adjust.*", "io.grpc.*", "com.ironsource.*",
    "com.applovin.*", "com.bytedance.*", "com.igexin.*", "io.agora.*", "com.huawei.*", "org.libsdl.*",
    // Android: screens, pictures, messages, kits.
    "butterknife.*", "coil.*", "coil3.*", "dagger.*", "com.airbnb.android.*", "com.airbnb.epoxy.*", "com.airbnb.lottie.*", "com.airbnb.mvrx.*",
    "com.jakewharton.*", "com.afollestad.*", "com.mikepenz.*", "com.nostra13.*", "com.makeramen.*", "com.scwang.*", "com.chad.library.*",
    "com.blankj.*", "com.hjq.*", "org.greenrobot.*", "de.greenrobot.*", "org.litepal.*", "io.objectbox.*", "io.realm.*", "com.raizlabs.*",
    "org.koin.*", "org.kodein.*", "timber.log.*", "leakcanary.*", "com.chaquo.*", "org.kivy.*", "org.renpy.android.*", "org.qtproject.*",
    "com.swmansion.*", "com.reactnativecommunity.*", "com.th3rdwave.*", "com.horcrux.*", "com.oblador.*", "com.zoontek.*", "com.dylanvann.*",
    "host.exp.*", "expo.modules.*", "versioned.host.*", "com.getcapacitor.*", "com.capacitorjs.*", "com.ionicframework.*", "nl.xservices.*",
    "com.tns.*", "org.nativescript.*", "org.appcelerator.*", "io.dcloud.*", "dev.fluttercommunity.*", "com.baseflow.*", "com.dexterous.*",
    "com.tekartik.*", "xyz.luan.audioplayers.*", "com.pichillilorenzo.*", "rx.internal.*", "rx.observers.*", "rx.schedulers.*", "rx.Observable.*",
    "rx.Subscriber.*", "com.tencent.tinker.*", "com.tencent.smtt.*", "com.tencent.mmkv.*", "com.tencent.rtmp.*", "com.tencent.liteav.*",
    "com.tencent.wcdb.*", "com.tencent.matrix.*", "com.tencent.qcloud.*", "com.tencent.connect.*", "com.tencent.tauth.*", "com.qq.e.*", "com.kwad.*",
    "com.alibaba.fastjson.*", "com.alibaba.android.*", "com.alibaba.sdk.*", "com.alipay.sdk.*", "com.taobao.weex.*", "com.taobao.sophix.*",
    "com.umeng.*", "com.baidu.location.*", "com.baidu.mapapi.*", "com.baidu.mobads.*", "com.amap.api.*", "com.autonavi.amap.*", "com.xiaomi.mipush.*",
    "com.xiaomi.push.*", "com.heytap.msp.*", "com.meizu.cloud.*", "cn.jpush.*", "cn.jiguang.*", "com.mob.*", "cn.sharesdk.*", "com.sina.weibo.*",
    "com.netease.nimlib.*", "com.crashlytics.*", "io.fabric.*", "io.sentry.*", "com.bugsnag.*", "com.instabug.*", "com.newrelic.*", "com.datadog.*",
    "com.amplitude.*", "com.mixpanel.*", "com.segment.*", "io.branch.*", "com.onesignal.*", "com.braze.*", "com.appboy.*", "com.leanplum.*",
    "com.urbanairship.*", "com.clevertap.*", "com.moengage.*", "io.intercom.*", "zendesk.*", "com.stripe.android.*", "com.paypal.android.*",
    "com.revenuecat.*", "com.vungle.*", "com.chartboost.*", "com.inmobi.*", "com.mopub.*", "com.adcolony.*", "com.fyber.*", "com.tapjoy.*",
    "com.pangle.*", "com.mbridge.*", "com.mintegral.*", "com.yandex.metrica.*", "com.yandex.mobile.*", "com.my.target.*", "com.startapp.*",
    "com.flurry.*", "com.kochava.*", "com.singular.*", "com.gameanalytics.*", "com.microsoft.appcenter.*", "com.microsoft.codepush.*",
    "com.amazonaws.*", "com.amazon.device.*",
    // Games.
    "org.lwjgl.*", "org.joml.*", "net.java.games.*", "org.newdawn.slick.*", "com.esotericsoftware.*", "com.jogamp.*", "box2dLight.*",
    "net.optifine.*", "oshi.*",
    // Servers, data and formats.
    "akka.*", "play.api.*", "play.core.*", "play.mvc.*", "cats.effect.*", "fs2.*", "zio.*", "slick.jdbc.*", "slick.basic.*", "doobie.*",
    "org.http4s.*", "io.circe.*", "com.typesafe.*", "com.twitter.finagle.*", "com.twitter.util.*", "nrepl.*", "ring.adapter.*", "ring.middleware.*",
    "compojure.*", "io.netty.*", "reactor.core.*", "reactor.netty.*", "reactor.util.*", "io.vertx.*", "org.springframework.*", "org.hibernate.*",
    "org.jboss.*", "org.wildfly.*", "org.eclipse.*", "org.glassfish.*", "org.mybatis.*", "com.baomidou.*", "com.fasterxml.*", "tools.jackson.*",
    "org.slf4j.*", "ch.qos.*", "org.junit.*", "junit.runner.*", "org.testng.*", "org.mockito.*", "net.bytebuddy.*", "net.sf.*", "org.aspectj.*",
    "com.zaxxer.*", "com.mysql.*", "org.postgresql.*", "org.mariadb.*", "org.sqlite.*", "com.mongodb.*", "org.bson.*", "redis.clients.*",
    "io.lettuce.*", "org.redisson.*", "com.rabbitmq.*", "org.elasticsearch.*", "org.opensearch.*", "com.netflix.hystrix.*", "com.netflix.zuul.*",
    "com.netflix.discovery.*", "com.netflix.loadbalancer.*", "com.netflix.client.*", "com.hazelcast.*", "org.infinispan.*", "org.ehcache.*",
    "com.github.benmanes.*", "org.quartz.*", "org.flywaydb.*", "liquibase.*", "org.jooq.*", "com.querydsl.*", "io.micrometer.*", "io.opentelemetry.*",
    "io.micronaut.*", "io.quarkus.*", "io.helidon.*", "io.smallrye.*", "io.undertow.*", "org.xnio.*", "io.ktor.*", "io.javalin.*", "oracle.jdbc.*",
    "freemarker.core.*", "freemarker.template.*", "org.thymeleaf.*", "org.mozilla.javascript.*", "com.alibaba.druid.*", "com.alibaba.nacos.*",
    "com.alibaba.dubbo.*", "com.alibaba.csp.*", "com.alibaba.excel.*", "com.microsoft.sqlserver.*", "org.bouncycastle.*", "org.jsoup.*", "org.yaml.*",
    "it.unimi.*", "gnu.trove.*", "org.objectweb.*", "javassist.*", "cglib.*", "com.jcraft.*", "org.jetbrains.*", "com.intellij.*", "org.gradle.*",
    "org.codehaus.*", "hudson.*", "net.dv8tion.*", "discord4j.*", "org.javacord.*", "com.formdev.*",
]);
